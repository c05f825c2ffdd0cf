"""A rotation publishes a fresh token, or leaves everything as it was."""

import hashlib
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.support.rotating import (
    NAME,
    FakeCredentials,
    RotationScenario,
    credential,
    published_before,
)
from token_rotator.contract import Outcome, RotationStep
from token_rotator.credential.secret_store import Credential
from token_rotator.errors import (
    AnsweredByAnother,
    AnswerUnusable,
    IdentityProviderDown,
    IdentityProviderUntrusted,
    ParameterStoreUnavailable,
    PublicationError,
    RotationError,
    SecretStoreUnavailable,
    TokenRequestRefused,
)
from token_rotator.steps import Steps


def test_a_fresh_token_replaces_the_published_one():
    world = RotationScenario()
    published_before(world, expires_in=60)

    report = world.rotate()

    assert world.published is not None
    assert world.published.access_token == "token-1"
    assert report.outcome is Outcome.PUBLISHED
    assert report.life_left_before == timedelta(seconds=60)
    assert report.parameter_version == 2


def test_the_first_token_of_all_is_published():
    world = RotationScenario()

    report = world.rotate()

    assert report.outcome is Outcome.PUBLISHED
    assert report.life_left_before is None
    assert report.parameter_version == 1


def test_the_watchdog_keeps_a_token_with_enough_life_and_calls_nothing_else():
    world = RotationScenario()
    published_before(world, expires_in=151)
    world.store.calls.clear()

    report = world.rotate(min_remaining=150)

    assert report.outcome is Outcome.KEPT
    assert world.identity_provider.requests == []
    assert world.store.calls == ["get_parameter"]


def test_the_watchdog_does_not_look_for_a_token_that_this_function_has_just_written():
    world = RotationScenario()
    world.rotate()
    world.store.calls.clear()
    world.clock.advance(seconds=140)

    report = world.rotate(min_remaining=150)

    assert report.outcome is Outcome.KEPT
    assert report.life_left_before == timedelta(seconds=159.9)
    assert world.store.calls == []


def test_what_was_remembered_for_long_is_looked_at_again():
    world = RotationScenario()
    world.identity_provider.lifetime = timedelta(hours=1)
    world.rotate()
    world.store.put_foreign(NAME, "something else")
    world.clock.advance(minutes=3)

    kept = world.rotate(min_remaining=150)
    world.clock.advance(seconds=1)
    repaired = world.rotate(min_remaining=150)

    assert (kept.outcome, repaired.outcome) == (Outcome.KEPT, Outcome.PUBLISHED)


def test_a_token_that_may_not_have_been_written_is_not_remembered():
    world = RotationScenario()
    world.rotate()
    world.store.fail("put_parameter", "InternalServerError", times=1000)
    with pytest.raises(ParameterStoreUnavailable):
        world.rotate()
    world.store.calls.clear()

    world.rotate(min_remaining=150)

    assert world.store.calls == ["get_parameter"]


@pytest.mark.parametrize("expires_in", [150, 149, 1, -10])
def test_the_watchdog_replaces_a_token_with_too_little_life(expires_in: float):
    world = RotationScenario()
    published_before(world, expires_in=expires_in)

    assert world.rotate(min_remaining=150).outcome is Outcome.PUBLISHED


def test_the_watchdog_replaces_what_is_no_record():
    world = RotationScenario()
    world.store.put_foreign(NAME, "something else")

    assert world.rotate(min_remaining=150).outcome is Outcome.PUBLISHED


def test_the_schedule_replaces_even_a_token_with_plenty_of_life():
    world = RotationScenario()
    published_before(world, expires_in=290)

    assert world.rotate().outcome is Outcome.PUBLISHED


@pytest.mark.parametrize(
    "failure",
    [
        TokenRequestRefused("no"),
        IdentityProviderUntrusted("redirect"),
        AnsweredByAnother("a firewall"),
        AnswerUnusable("nonsense"),
    ],
)
def test_an_identity_provider_that_gives_nothing_leaves_the_published_token_alone(
    failure: RotationError,
):
    world = RotationScenario(failure)
    before = published_before(world, expires_in=60)

    with pytest.raises(type(failure)):
        world.rotate()

    assert world.store.value(NAME) == before
    assert len(world.identity_provider.requests) == 1, "what a retry does not help is not repeated"


def test_an_outage_that_outlasts_the_deadline_leaves_the_published_token_alone():
    world = RotationScenario(*[IdentityProviderDown("down")] * 1000)
    before = published_before(world, expires_in=60)
    begun = world.clock.now()

    with pytest.raises(IdentityProviderDown):
        world.rotate(seconds=46)

    assert world.store.value(NAME) == before
    assert world.clock.now() <= begun + timedelta(seconds=34), "time to publish is kept"
    assert world.report.outcome is Outcome.FAILED
    assert world.report.token_requests == len(world.identity_provider.requests) > 5


def test_a_passing_failure_is_survived_within_the_rotation():
    world = RotationScenario(IdentityProviderDown("down"), IdentityProviderDown("down"))

    report = world.rotate()

    assert report.outcome is Outcome.PUBLISHED
    assert report.token_requests == 3


def test_a_secret_store_that_cannot_answer_is_asked_again():
    world = RotationScenario(credentials=Recovering(SecretStoreUnavailable("down"), failures=2))

    assert world.rotate().outcome is Outcome.PUBLISHED


def test_the_margin_is_what_was_left_when_the_new_token_was_there():
    world = RotationScenario()
    published_before(world, expires_in=60)
    world.identity_provider.before_answering = lambda: world.clock.advance(seconds=40)

    report = world.rotate()

    assert report.life_left_before == timedelta(seconds=60)
    assert report.margin == timedelta(seconds=19.9)


def test_a_token_that_replaces_none_has_no_margin():
    assert RotationScenario().rotate().margin is None


def test_a_lost_answer_does_not_lose_the_margin():
    world = RotationScenario()
    published_before(world, expires_in=60)
    world.store.lose_answer("put_parameter")

    report = world.rotate()

    assert report.margin is not None
    assert timedelta(seconds=50) < report.margin < timedelta(seconds=60)


def test_the_report_says_how_long_the_key_that_was_used_has_to_live():
    world = RotationScenario()
    stored = world.clock.now() - timedelta(days=700, hours=1)
    world.credentials.current_version = replace(credential("v2"), created_at=stored)
    world.rotation = replace(world.rotation, key_lifetime=timedelta(days=730))

    assert world.rotate().key_days_left == 29


def test_where_nobody_says_how_long_a_key_lives_the_report_says_nothing():
    world = RotationScenario()
    world.credentials.current_version = replace(
        credential("v2"), created_at=world.clock.now() - timedelta(days=10_000)
    )

    assert world.rotate().key_days_left is None


def test_a_newer_token_that_somebody_published_meanwhile_stays():
    world = RotationScenario()
    newer = world.record(expires_in=300, token="newer")
    world.identity_provider.lifetime = timedelta(seconds=299)
    world.identity_provider.before_answering = lambda: void(world.publication.publish(newer))

    report = world.rotate()

    assert world.published == newer
    assert report.outcome is Outcome.SUPERSEDED


def test_a_token_that_expires_at_the_same_moment_is_replaced():
    world = RotationScenario()
    same = world.record(expires_in=300, token="same")
    world.identity_provider.before_answering = lambda: void(world.publication.publish(same))

    assert world.rotate().outcome is Outcome.PUBLISHED


def test_a_store_that_is_throttled_for_a_while_gets_the_token_later():
    world = RotationScenario()
    world.store.fail("put_parameter", "ThrottlingException", times=3)

    assert world.rotate().outcome is Outcome.PUBLISHED
    assert len(world.identity_provider.requests) == 1, "the token is kept while writing is retried"


def test_nothing_is_written_while_nobody_knows_what_is_published():
    world = RotationScenario()
    before = published_before(world, expires_in=60)
    world.store.fail("get_parameter", "InternalServerError", times=1000)

    with pytest.raises(ParameterStoreUnavailable):
        world.rotate()

    assert world.store.value(NAME) == before
    assert len(world.identity_provider.requests) == 1, "not knowing counts as having no token"


def test_a_write_whose_answer_was_lost_is_not_repeated():
    world = RotationScenario()
    world.store.lose_answer("put_parameter")

    report = world.rotate()

    assert report.outcome is Outcome.PUBLISHED
    assert report.parameter_version == 1
    assert world.store.calls.count("put_parameter") == 1


def test_a_refused_write_is_not_repeated():
    world = RotationScenario()
    world.store.fail("put_parameter", "AccessDeniedException", times=1)

    with pytest.raises(PublicationError):
        world.rotate()

    assert world.store.calls.count("put_parameter") == 1


def test_missing_tags_do_not_fail_a_rotation():
    world = RotationScenario()
    world.store.fail("add_tags_to_resource", "AccessDeniedException", times=1)

    report = world.rotate()

    assert report.outcome is Outcome.PUBLISHED
    assert report.warnings


def test_the_report_knows_the_token_by_its_fingerprint_only():
    world = RotationScenario()

    report = world.rotate()

    assert report.token_fingerprint == hashlib.sha256(b"token-1").hexdigest()[:12]
    assert "token-1" not in repr(report)


def test_the_report_says_where_the_time_went():
    world = RotationScenario(IdentityProviderDown("down"))

    reached = world.rotate().steps.reached

    assert [*reached] == ["read", "key", "exchange", "publish"], "what the fakes are"
    assert reached[RotationStep.EXCHANGE].duration == timedelta(seconds=0.2)


class Recovering(FakeCredentials):
    """Fails some times, then works."""

    def __init__(self, error: Exception, *, failures: int) -> None:
        super().__init__()
        self._error = error
        self._failures = failures

    def current(self, steps: Steps) -> Credential:
        if self._failures:
            self._failures -= 1
            raise self._error
        return super().current(steps)


def void(_: object) -> None:
    """For what is called for its effect."""
