"""TokenReader in one process, on a virtual clock."""

import threading
from datetime import timedelta

import pytest

from tests.unit.reader.scenario import NAME, START, ReaderScenario
from token_reader import (
    AccessDenied,
    RecordUnreadable,
    TokenError,
    TokenExpired,
    TokenReader,
    TokenUnavailable,
)
from token_reader.cache import FORCED_READ_INTERVAL_SECONDS, READ_INTERVAL_SECONDS


def test_a_token_is_read_once_and_then_cached(scenario: ReaderScenario):
    scenario.publish()
    reader = scenario.reader()

    assert [reader.get().value for _ in range(100)] == ["token-1"] * 100
    assert scenario.reads == 1


def test_a_consumer_gets_the_token_its_times_and_the_header(scenario: ReaderScenario):
    scenario.publish()

    token = scenario.reader().get()

    assert token.expires_at.timestamp() == START + 300
    assert token.refresh_after.timestamp() == START + 240
    assert token.authorization == "Bearer token-1"
    assert scenario.reader().authorization_header() == {"Authorization": "Bearer token-1"}


def test_nothing_prints_the_token(scenario: ReaderScenario):
    scenario.publish()
    reader = scenario.reader()
    token = reader.get()

    assert "token-1" not in f"{token} {token!r} {reader!r} {reader.cached!r}"


@pytest.mark.parametrize(("jitter", "read_at"), [(0.0, 240), (0.5, 255), (1.0, 270)])
def test_a_newer_token_is_fetched_from_refresh_after_plus_the_jitter_on(
    scenario: ReaderScenario, jitter: float, read_at: int
):
    scenario.publish()
    reader = scenario.reader(jitter=jitter)
    reader.get()
    scenario.clock.advance(seconds=200)
    scenario.publish()

    scenario.clock.advance(seconds=read_at - 200 - 1)
    before = reader.get().value
    scenario.clock.advance(seconds=1)

    assert (before, reader.get().value) == ("token-1", "token-2")
    assert scenario.reads == 2


def test_processes_spread_their_reads_over_half_a_minute(scenario: ReaderScenario):
    scenario.publish()
    readers = [TokenReader(NAME, scenario, now=scenario.seconds) for _ in range(100)]  # type: ignore[arg-type]

    drawn = {round(_fresh_until(reader)) for reader in readers}

    assert len(drawn) > 15
    assert min(drawn) >= 240
    assert max(drawn) <= 270


def _fresh_until(reader: TokenReader) -> float:
    reader.get()
    return reader.cached.fresh_until - START


def test_while_no_newer_token_is_published_it_reads_every_five_seconds(scenario: ReaderScenario):
    scenario.publish()
    reader = scenario.reader()
    reader.get()
    scenario.clock.advance(seconds=240)

    for _ in range(40):
        assert reader.get().value == "token-1"
        scenario.clock.advance(seconds=1)

    assert [at - START for at in scenario.read_times] == [0, *range(240, 280, 5)]


def test_when_the_cached_token_expires_it_reads_at_once(scenario: ReaderScenario):
    scenario.publish()
    reader = scenario.reader()
    reader.get()
    scenario.clock.advance(seconds=297)
    reader.get()
    scenario.publish()

    scenario.clock.advance(seconds=3)

    assert reader.get().value == "token-2"


@pytest.mark.parametrize("trouble", ["ThrottlingException", "AccessDeniedException", "garbage"])
def test_failures_are_not_raised_before_the_cached_token_expires(
    scenario: ReaderScenario, trouble: str
):
    scenario.publish()
    reader = scenario.reader()
    reader.get()
    if trouble == "garbage":
        scenario.write("garbage")
    else:
        scenario.fail("get_parameter", trouble, times=100)

    for _ in range(299):
        scenario.clock.advance(seconds=1)
        assert reader.get().value == "token-1"
    scenario.clock.advance(seconds=1)

    with pytest.raises(TokenError):
        reader.get()


def test_an_expired_token_is_never_returned_and_the_error_names_the_rotator(
    scenario: ReaderScenario,
):
    scenario.publish()
    scenario.clock.advance(seconds=300)

    with pytest.raises(TokenExpired, match="rotator is failing") as caught:
        scenario.reader().get()

    assert caught.value.retry_helps
    assert "token-1" not in str(caught.value)


def test_an_expired_published_token_does_not_replace_a_valid_cached_one(scenario: ReaderScenario):
    scenario.publish()
    reader = scenario.reader()
    reader.get()
    scenario.clock.advance(seconds=2)
    scenario.publish(lifetime=0)

    assert reader.refresh(force=True).value == "token-1"


def test_an_error_does_not_keep_the_value_that_was_refused(scenario: ReaderScenario):
    """A traceback's frames would hold the value, and monitoring tools show frames."""
    scenario.write("sentinel")
    reader = scenario.reader()

    with pytest.raises(RecordUnreadable) as caught:
        reader.get()

    for error in (caught.value, reader.cached.error):
        assert error.__cause__ is error.__context__ is None
    assert reader.cached.error.__traceback__ is None
    assert "_token" not in [frame.name for frame in caught.traceback]
    assert "_read" not in [frame.name for frame in caught.traceback]


def test_after_an_outage_the_next_read_returns_the_new_token(scenario: ReaderScenario):
    scenario.publish(lifetime=10)
    reader = scenario.reader()
    reader.get()
    scenario.clock.advance(seconds=11)
    with pytest.raises(TokenExpired):
        reader.get()

    scenario.publish()
    scenario.clock.advance(seconds=READ_INTERVAL_SECONDS)

    assert reader.get().value == "token-2"


def test_without_a_token_a_failure_is_cached_and_the_call_not_repeated(scenario: ReaderScenario):
    reader = scenario.reader()

    for _ in range(10):
        with pytest.raises(TokenUnavailable, match="does not exist"):
            reader.get()

    assert scenario.reads == 1


def test_each_caller_gets_a_new_copy_of_the_error(scenario: ReaderScenario):
    reader = scenario.reader()
    errors: list[TokenError] = []

    for _ in range(2):
        with pytest.raises(TokenUnavailable) as caught:
            reader.get()
        errors.append(caught.value)

    assert errors[0] is not errors[1]
    assert errors[0].__cause__ is errors[1].__cause__ is not None


def test_refresh_by_force_reads_at_once_but_not_twice_in_a_second(scenario: ReaderScenario):
    scenario.publish()
    reader = scenario.reader()
    reader.get()
    scenario.clock.advance(seconds=FORCED_READ_INTERVAL_SECONDS)
    scenario.publish()

    assert reader.refresh().value == "token-1", "nothing was due"
    assert reader.refresh(force=True).value == "token-2"
    assert [reader.refresh(force=True).value for _ in range(10)] == ["token-2"] * 10
    assert scenario.reads == 2


def test_refresh_by_force_returns_the_cached_token_during_an_outage(scenario: ReaderScenario):
    scenario.publish()
    reader = scenario.reader()
    reader.get()
    scenario.clock.advance(seconds=2)
    scenario.fail("get_parameter", "ThrottlingException")

    assert reader.refresh(force=True).value == "token-1"


def test_a_bare_token_expires_its_lifetime_after_it_was_written(scenario: ReaderScenario):
    scenario.write("eyJ.bare-token.x")

    token = scenario.reader(lifetime=timedelta(seconds=300)).get()

    assert token.value == "eyJ.bare-token.x"
    assert token.expires_at.timestamp() == START + 300


def test_a_reader_of_bare_tokens_reads_records_too(scenario: ReaderScenario):
    scenario.publish(lifetime=100)

    token = scenario.reader(lifetime=timedelta(seconds=300)).get()

    assert (token.value, token.expires_at.timestamp()) == ("token-1", START + 100)


def test_without_a_lifetime_a_bare_value_is_refused(scenario: ReaderScenario):
    scenario.write("somebody's-database-password".replace("'", ""))

    with pytest.raises(RecordUnreadable, match="lifetime=") as caught:
        scenario.reader().get()

    assert "password" not in str(caught.value)


@pytest.mark.parametrize("value", ["two words", "line\nbreak", '{"a":1}', "tökén", "="])
def test_with_a_lifetime_a_value_that_is_no_bearer_token_is_refused(
    scenario: ReaderScenario, value: str
):
    scenario.write(value)

    with pytest.raises(RecordUnreadable):
        scenario.reader(lifetime=timedelta(seconds=300)).get()


@pytest.mark.parametrize("expires_at", [-62135596800, -62135596790])
def test_a_record_that_expires_in_the_first_minute_of_year_1_has_expired(
    scenario: ReaderScenario, expires_at: int
):
    scenario.write_fields(issued_at=-62135596800, expires_at=expires_at)

    with pytest.raises(TokenExpired):
        scenario.reader().get()


def test_a_record_issued_after_its_expiry_does_not_stop_later_reads(scenario: ReaderScenario):
    scenario.write_fields(issued_at=int(START) + 10**9)
    reader = scenario.reader()
    assert reader.get().value == "abc"

    scenario.clock.advance(seconds=299)
    scenario.publish()
    scenario.clock.advance(seconds=1)

    assert reader.get().value == "token-1"


@pytest.mark.parametrize("field", ["access_token", "token_type"])
def test_values_that_a_header_must_not_contain_are_refused(scenario: ReaderScenario, field: str):
    scenario.write_fields(**{field: "sentinel\r\nX-Injected: 1"})

    with pytest.raises(RecordUnreadable) as caught:
        scenario.reader().get()

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
def test_aws_errors_become_errors_that_say_what_to_do(
    scenario: ReaderScenario, code: str, error: type[TokenError], *, retry_helps: bool, says: str
):
    scenario.fail("get_parameter", code)

    with pytest.raises(error, match=says) as caught:
        scenario.reader().get()

    assert type(caught.value) is error
    assert caught.value.retry_helps is retry_helps


def test_an_answer_without_a_parameter_is_an_error(
    scenario: ReaderScenario, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(scenario, "get_parameter", lambda **_: {})

    with pytest.raises(TokenUnavailable):
        scenario.reader().get()


def test_in_the_mandatory_window_callers_wait_for_the_read_in_progress(scenario: ReaderScenario):
    scenario.publish()
    reader = scenario.reader()
    reader.get()
    scenario.clock.advance(seconds=295)
    scenario.publish()
    reading, go_on = threading.Event(), threading.Event()

    def slowly() -> None:
        reading.set()
        assert go_on.wait(10)

    scenario.during_read = slowly
    first = threading.Thread(target=reader.get)
    first.start()
    assert reading.wait(10)
    threading.Timer(0.05, go_on.set).start()

    assert reader.get().value == "token-2"
    first.join(10)
    assert scenario.reads == 2


def test_a_hanging_read_in_the_mandatory_window_costs_no_caller_the_valid_token(
    scenario: ReaderScenario,
):
    scenario.publish()
    reader = scenario.reader()
    reader.get()
    scenario.clock.advance(seconds=299.8)
    reading, go_on, ended = (threading.Event() for _ in range(3))

    def hangs() -> None:
        reading.set()
        go_on.wait(3)
        ended.set()

    scenario.during_read = hangs
    first = threading.Thread(target=reader.get)
    first.start()
    assert reading.wait(10)

    try:
        assert reader.get().value == "token-1"
        assert not ended.is_set(), "it waited for the end of the read"
    finally:
        go_on.set()
        first.join(10)
