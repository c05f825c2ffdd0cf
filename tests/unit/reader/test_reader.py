"""One process and its reader, minute by minute."""

import threading
from datetime import timedelta

import pytest

from tests.unit.reader.world import NAME, START, ReaderScenario
from token_reader import (
    AccessDenied,
    RecordUnreadable,
    TokenError,
    TokenExpired,
    TokenReader,
    TokenUnavailable,
)
from token_reader.windows import FORCED_PACE_SECONDS, PACE_SECONDS


def test_a_token_is_read_once_and_then_cached(world: ReaderScenario):
    world.publish()
    reader = world.reader()

    assert [reader.get().value for _ in range(100)] == ["token-1"] * 100
    assert world.reads == 1


def test_what_a_consumer_gets(world: ReaderScenario):
    world.publish()

    token = world.reader().get()

    assert token.expires_at.timestamp() == START + 300
    assert token.refresh_after.timestamp() == START + 240
    assert token.authorization == "Bearer token-1"
    assert world.reader().authorization_header() == {"Authorization": "Bearer token-1"}


def test_nothing_prints_the_token(world: ReaderScenario):
    world.publish()
    reader = world.reader()
    token = reader.get()

    assert "token-1" not in f"{token} {token!r} {reader!r} {reader.held!r}"


@pytest.mark.parametrize(("jitter", "looks_at"), [(0.0, 240), (0.5, 255), (1.0, 270)])
def test_from_refresh_after_and_the_process_s_jitter_on_a_newer_one_is_fetched(
    world: ReaderScenario, jitter: float, looks_at: int
):
    world.publish()
    reader = world.reader(jitter=jitter)
    reader.get()
    world.clock.advance(seconds=200)
    world.publish()

    world.clock.advance(seconds=looks_at - 200 - 1)
    before = reader.get().value
    world.clock.advance(seconds=1)

    assert (before, reader.get().value) == ("token-1", "token-2")
    assert world.reads == 2


def test_processes_spread_their_looks_over_half_a_minute(world: ReaderScenario):
    world.publish()
    readers = [TokenReader(NAME, world, now=world.seconds) for _ in range(100)]  # type: ignore[arg-type]

    moments = [reader.held.found(reader.get(), now=START, jitter=0).look_at for reader in readers]
    drawn = {round(reader.held.look_at - START) for reader in readers}

    assert set(moments) == {START + 240}
    assert len(drawn) > 15
    assert min(drawn) >= 240
    assert max(drawn) <= 270


def test_while_nothing_newer_is_published_it_looks_every_five_seconds(world: ReaderScenario):
    world.publish()
    reader = world.reader()
    reader.get()
    world.clock.advance(seconds=240)

    for _ in range(40):
        assert reader.get().value == "token-1"
        world.clock.advance(seconds=1)

    assert [at - START for at in world.read_at] == [0, *range(240, 280, 5)]


def test_the_end_of_the_cached_token_is_worth_a_look_of_its_own(world: ReaderScenario):
    world.publish()
    reader = world.reader()
    reader.get()
    world.clock.advance(seconds=297)
    reader.get()
    world.publish()

    world.clock.advance(seconds=3)

    assert reader.get().value == "token-2"


@pytest.mark.parametrize("trouble", ["ThrottlingException", "AccessDeniedException", "garbage"])
def test_while_the_cached_token_lives_trouble_goes_unnoticed(world: ReaderScenario, trouble: str):
    world.publish()
    reader = world.reader()
    reader.get()
    if trouble == "garbage":
        world.write("garbage")
    else:
        world.fail("get_parameter", trouble, times=100)

    for _ in range(299):
        world.clock.advance(seconds=1)
        assert reader.get().value == "token-1"
    world.clock.advance(seconds=1)

    with pytest.raises(TokenError):
        reader.get()


def test_an_expired_token_is_never_handed_out_and_the_rotator_is_named(world: ReaderScenario):
    world.publish()
    world.clock.advance(seconds=300)

    with pytest.raises(TokenExpired, match="rotator is in trouble") as caught:
        world.reader().get()

    assert caught.value.retry_helps
    assert "token-1" not in str(caught.value)


def test_a_published_token_that_has_expired_does_not_displace_a_living_one(world: ReaderScenario):
    world.publish()
    reader = world.reader()
    reader.get()
    world.clock.advance(seconds=2)
    world.publish(lifetime=0)

    assert reader.refresh(force=True).value == "token-1"


def test_what_was_refused_is_not_kept_in_the_error(world: ReaderScenario):
    """A traceback's frames hold the value, and monitoring tools show them."""
    world.write("sentinel")
    reader = world.reader()

    with pytest.raises(RecordUnreadable) as caught:
        reader.get()

    for error in (caught.value, reader.held.problem):
        assert error.__cause__ is error.__context__ is None
    assert reader.held.problem.__traceback__ is None
    assert "_token" not in [frame.name for frame in caught.traceback]


def test_after_an_outage_the_next_look_brings_the_new_token(world: ReaderScenario):
    world.publish(lifetime=10)
    reader = world.reader()
    reader.get()
    world.clock.advance(seconds=11)
    with pytest.raises(TokenExpired):
        reader.get()

    world.publish()
    world.clock.advance(seconds=PACE_SECONDS)

    assert reader.get().value == "token-2"


def test_without_any_token_a_failure_is_remembered_not_repeated(world: ReaderScenario):
    reader = world.reader()

    for _ in range(10):
        with pytest.raises(TokenUnavailable, match="no such parameter"):
            reader.get()

    assert world.reads == 1


def test_each_error_is_raised_anew(world: ReaderScenario):
    reader = world.reader()
    errors: list[TokenError] = []

    for _ in range(2):
        with pytest.raises(TokenUnavailable) as caught:
            reader.get()
        errors.append(caught.value)

    assert errors[0] is not errors[1]
    assert errors[0].__cause__ is errors[1].__cause__ is not None


def test_refresh_by_force_reads_at_once_but_not_twice_in_a_second(world: ReaderScenario):
    world.publish()
    reader = world.reader()
    reader.get()
    world.clock.advance(seconds=FORCED_PACE_SECONDS)
    world.publish()

    assert reader.refresh().value == "token-1", "nothing was due"
    assert reader.refresh(force=True).value == "token-2"
    assert [reader.refresh(force=True).value for _ in range(10)] == ["token-2"] * 10
    assert world.reads == 2


def test_refresh_by_force_survives_an_outage_with_the_cached_token(world: ReaderScenario):
    world.publish()
    reader = world.reader()
    reader.get()
    world.clock.advance(seconds=2)
    world.fail("get_parameter", "ThrottlingException")

    assert reader.refresh(force=True).value == "token-1"


def test_a_bare_token_expires_its_lifetime_after_it_was_written(world: ReaderScenario):
    world.write("eyJ.bare-token.x")

    token = world.reader(lifetime=timedelta(seconds=300)).get()

    assert token.value == "eyJ.bare-token.x"
    assert token.expires_at.timestamp() == START + 300


def test_a_reader_of_bare_tokens_reads_records_too(world: ReaderScenario):
    world.publish(lifetime=100)

    token = world.reader(lifetime=timedelta(seconds=300)).get()

    assert (token.value, token.expires_at.timestamp()) == ("token-1", START + 100)


def test_without_a_lifetime_a_bare_value_is_no_token(world: ReaderScenario):
    world.write("somebody's-database-password".replace("'", ""))

    with pytest.raises(RecordUnreadable, match="lifetime=") as caught:
        world.reader().get()

    assert "password" not in str(caught.value)


@pytest.mark.parametrize("value", ["two words", "line\nbreak", '{"a":1}', "tökén", "="])
def test_with_a_lifetime_what_cannot_be_a_bearer_token_is_refused(
    world: ReaderScenario, value: str
):
    world.write(value)

    with pytest.raises(RecordUnreadable):
        world.reader(lifetime=timedelta(seconds=300)).get()


@pytest.mark.parametrize("field", ["access_token", "token_type"])
def test_what_no_header_may_hold_never_reaches_one(world: ReaderScenario, field: str):
    world.write_fields(**{field: "sentinel\r\nX-Injected: 1"})

    with pytest.raises(RecordUnreadable) as caught:
        world.reader().get()

    assert "sentinel" not in str(caught.value)


@pytest.mark.parametrize(
    ("code", "error", "retry_helps", "says"),
    [
        ("AccessDeniedException", AccessDenied, False, "ReaderPolicyArn"),
        ("ExpiredTokenException", AccessDenied, False, "credentials"),
        ("InvalidKeyId", AccessDenied, False, "KMS key"),
        ("ParameterNotFound", TokenUnavailable, True, "ParameterName"),
        ("ThrottlingException", TokenUnavailable, True, "ThrottlingException"),
        ("ValidationException", TokenUnavailable, False, "ParameterName"),
    ],
)
def test_what_aws_says_becomes_what_to_do(
    world: ReaderScenario, code: str, error: type[TokenError], *, retry_helps: bool, says: str
):
    world.fail("get_parameter", code)

    with pytest.raises(error, match=says) as caught:
        world.reader().get()

    assert type(caught.value) is error
    assert caught.value.retry_helps is retry_helps


def test_an_answer_without_a_parameter_is_no_answer(
    world: ReaderScenario, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(world, "get_parameter", lambda **_: {})

    with pytest.raises(TokenUnavailable):
        world.reader().get()


def test_in_the_last_seconds_callers_wait_for_the_look_that_is_under_way(world: ReaderScenario):
    world.publish()
    reader = world.reader()
    reader.get()
    world.clock.advance(seconds=295)
    world.publish()
    looking, go_on = threading.Event(), threading.Event()

    def slowly() -> None:
        looking.set()
        assert go_on.wait(10)

    world.during_read = slowly
    first = threading.Thread(target=reader.get)
    first.start()
    assert looking.wait(10)
    threading.Timer(0.05, go_on.set).start()

    assert reader.get().value == "token-2"
    first.join(10)
    assert world.reads == 2


def test_a_look_that_hangs_in_the_last_seconds_costs_nobody_the_living_token(world: ReaderScenario):
    world.publish()
    reader = world.reader()
    reader.get()
    world.clock.advance(seconds=299.8)
    looking, go_on, ended = (threading.Event() for _ in range(3))

    def hangs() -> None:
        looking.set()
        go_on.wait(3)
        ended.set()

    world.during_read = hangs
    first = threading.Thread(target=reader.get)
    first.start()
    assert looking.wait(10)

    try:
        assert reader.get().value == "token-1"
        assert not ended.is_set(), "it waited for the end of the look"
    finally:
        go_on.set()
        first.join(10)
