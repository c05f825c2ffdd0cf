"""A rotation uses the current key, and the previous one if the current is refused."""

import pytest

from tests.support.rotating import FakeCredentials, RotationScenario, credential, published_before
from token_rotator.contract import Outcome
from token_rotator.credential.secret_store import Credential
from token_rotator.errors import (
    AnsweredByAnother,
    AnswerUnusable,
    CredentialError,
    IdentityProviderUntrusted,
    NoServiceAccountYet,
    RotationError,
    SecretStoreUnavailable,
    TokenRequestRefused,
)


def test_a_refused_key_falls_back_on_the_previous_one_and_says_so():
    credentials = FakeCredentials(credential("v2", key=1), credential("v1", key=0))
    world = RotationScenario(credentials=credentials)
    world.identity_provider.refused_keys[1] = TokenRequestRefused("bad key")

    report = world.rotate()

    assert report.outcome is Outcome.PUBLISHED
    assert report.previous_key_used
    assert report.secret_version == "v1"
    assert len(world.identity_provider.requests) == 2
    assert any("bad key" in warning for warning in report.warnings)


def test_a_secret_that_holds_nonsense_falls_back_on_the_previous_key():
    world = RotationScenario(
        credentials=FakeCredentials(CredentialError("half a PEM"), credential("v1"))
    )

    report = world.rotate()

    assert report.outcome is Outcome.PUBLISHED
    assert report.previous_key_used


@pytest.mark.parametrize("error", [AnsweredByAnother, AnswerUnusable, IdentityProviderUntrusted])
def test_what_says_nothing_about_the_key_gives_the_previous_one_no_turn(
    error: type[RotationError],
):
    credentials = FakeCredentials(credential("v2", key=1), credential("v1"))
    world = RotationScenario(error("no"), credentials=credentials)

    with pytest.raises(error):
        world.rotate()

    assert len(world.identity_provider.requests) == 1


def test_a_refusal_is_not_repeated_with_the_same_key_stored_twice():
    world = RotationScenario(
        TokenRequestRefused("no"), credentials=FakeCredentials(credential("v2"), credential("v1"))
    )

    with pytest.raises(TokenRequestRefused):
        world.rotate()

    assert len(world.identity_provider.requests) == 1


@pytest.mark.parametrize(
    "previous",
    [None, CredentialError("nonsense"), SecretStoreUnavailable("down"), credential("v1", key=0)],
)
def test_where_the_previous_key_does_not_help_the_first_refusal_is_raised(previous: object):
    credentials = FakeCredentials(credential("v2", key=1), previous)  # type: ignore[arg-type]
    world = RotationScenario(credentials=credentials)
    world.identity_provider.refused_keys = {
        0: TokenRequestRefused("the previous is refused, too"),
        1: TokenRequestRefused("the current is refused"),
    }

    with pytest.raises(TokenRequestRefused, match="the current is refused"):
        world.rotate()

    assert not world.report.previous_key_used


def test_without_any_usable_credential_nobody_is_asked():
    world = RotationScenario(credentials=FakeCredentials(CredentialError("empty")))

    with pytest.raises(CredentialError, match="empty"):
        world.rotate()

    assert world.identity_provider.requests == []


NOTHING_STORED = NoServiceAccountYet("nobody has stored a service account")


def test_a_new_stack_waits_for_its_first_key_without_failing():
    world = RotationScenario(credentials=FakeCredentials(NOTHING_STORED))

    report = world.rotate()

    assert report.outcome is Outcome.WAITING
    assert report.warnings == [str(NOTHING_STORED)]
    assert world.identity_provider.requests == []
    assert world.published is None


def test_a_placeholder_is_a_failure_where_a_token_is_published():
    world = RotationScenario(credentials=FakeCredentials(NOTHING_STORED))
    published_before(world, expires_in=-100)

    with pytest.raises(NoServiceAccountYet):
        world.rotate()


@pytest.mark.parametrize("previous", [credential("v1"), CredentialError("damaged")])
def test_a_placeholder_is_a_failure_where_something_was_stored_before(
    previous: Credential | Exception,
):
    world = RotationScenario(
        TokenRequestRefused("no"), credentials=FakeCredentials(NOTHING_STORED, previous)
    )

    with pytest.raises(CredentialError):
        world.rotate()

    assert world.report.outcome is Outcome.FAILED


def test_a_placeholder_that_came_back_does_not_hide_the_key_before_it():
    world = RotationScenario(credentials=FakeCredentials(NOTHING_STORED, credential("v1")))

    report = world.rotate()

    assert report.outcome is Outcome.PUBLISHED
    assert report.previous_key_used
