"""What the token endpoint grants is a bearer token with a sane life, or of no use."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes.clock import NOON
from fakes.environment import function_environment
from token_rotator.errors import AnswerUnusable, RotationError
from token_rotator.identity_provider import answers
from token_rotator.identity_provider.error_messages import Endpoint
from token_rotator.identity_provider.response import Body, ProviderResponse
from token_rotator.identity_provider.token_response import access_token, lifetime
from token_rotator.settings import Settings

FIVE_MINUTES = timedelta(seconds=300)
SETTINGS = Settings.from_environment(function_environment())


def answered(
    status: int = 200, fields: dict[str, object] | None = None, *, body: Body = Body.JSON
) -> ProviderResponse:
    return ProviderResponse(status=status, fields=fields, body=body)


@pytest.mark.parametrize("token", [None, "", 7, ["a"], {"a": 1}, True])
def test_without_an_access_token_the_answer_is_of_no_use(token: object):
    with pytest.raises(AnswerUnusable, match="no access_token"):
        access_token(answered(fields={"access_token": token}))


@pytest.mark.parametrize("fields", [None, {}])
def test_an_answer_that_is_no_object_is_of_no_use(fields: dict[str, object] | None):
    with pytest.raises(AnswerUnusable, match="no access_token"):
        access_token(answered(fields=fields))


@pytest.mark.parametrize("token", ["a b", "a\r\nX-Admin: 1", "tökén", "a\x00"])
def test_a_token_that_fits_into_no_header_is_of_no_use_and_not_shown(token: str):
    with pytest.raises(AnswerUnusable) as caught:
        access_token(answered(fields={"access_token": token}))

    assert token not in str(caught.value)


@pytest.mark.parametrize(
    "token_type",
    ["Bearer", "bearer", "BEARER", "BearerToken", "bearertoken", " Bearer", "", None],
)
def test_bearer_tokens_are_taken_however_they_are_spelt(token_type: str | None):
    fields: dict[str, object] = {"access_token": "abc", "token_type": token_type}

    assert access_token(answered(fields=fields)) == ("abc", "Bearer")


@pytest.mark.parametrize("token_type", ["DPoP", "mac", "N_A", 7, ["Bearer"], {}, False])
def test_a_token_of_another_type_is_of_no_use(token_type: object):
    with pytest.raises(AnswerUnusable, match="token_type"):
        access_token(answered(fields={"access_token": "abc", "token_type": token_type}))


def lives(fields: dict[str, object], *, configured: timedelta = FIVE_MINUTES) -> float:
    """The token's life in seconds, after an answer to a request at noon."""
    return lifetime(answered(fields=fields), configured=configured, issued_at=NOON).total_seconds()


@pytest.mark.parametrize(
    ("expires_in", "seconds"),
    [(300, 300), ("300", 300), (300.0, 300), (299.9, 299), ("120", 120), (30, 30), (None, 300)],
)
def test_expires_in_is_a_number_or_a_numeric_string_or_missing(expires_in: object, seconds: int):
    assert lives({"expires_in": expires_in}) == seconds


@pytest.mark.parametrize(
    "expires_in", [301, "3600", 300_000, 10**12, 10**400, float("inf"), "inf", "9" * 400]
)
@pytest.mark.parametrize("configured", [300, 3600])
def test_an_expires_in_never_exceeds_the_configured_lifetime(expires_in: object, configured: int):
    seconds = lives({"expires_in": expires_in}, configured=timedelta(seconds=configured))

    assert seconds == (301 if (expires_in, configured) == (301, 3600) else configured)


@pytest.mark.parametrize(
    "expires_in",
    [0, -300, 29, "soon", "", True, [], {}, -(10**400), float("nan"), float("-inf"), "nan"],
)
def test_an_expires_in_that_makes_no_sense_is_an_error(expires_in: object):
    with pytest.raises(AnswerUnusable, match="expires_in"):
        lives({"expires_in": expires_in})


AT_NOON = int(NOON.timestamp())


@pytest.mark.parametrize("name", ["expires_on", "expires_at"])
@pytest.mark.parametrize(
    ("moment", "seconds"),
    [
        *((AT_NOON + 120, 120), (str(AT_NOON + 120), 120), (AT_NOON + 120.9, 120)),
        *((AT_NOON + 3600, 300), (1000 * AT_NOON, 300), (10**400, 300)),
        *(("2026-11-24T12:02:00Z", 300), ("soon", 300), (None, 300), (True, 300), ([], 300)),
    ],
)
def test_without_expires_in_a_moment_counts_and_what_is_none_is_ignored(
    name: str, moment: object, seconds: int
):
    assert lives({name: moment}) == seconds
    assert lives({name: moment, "expires_in": None}) == seconds


@pytest.mark.parametrize("moment", [AT_NOON + 29, str(AT_NOON), 300, -(10**400)])
def test_a_moment_that_is_too_near_is_an_error(moment: object):
    with pytest.raises(AnswerUnusable, match="expires_at"):
        lives({"expires_at": moment})


def test_expires_in_counts_before_any_moment():
    assert lives({"expires_in": 200, "expires_on": AT_NOON + 100}) == 200


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


@given(
    status=st.integers(200, 599),
    fields=st.none()
    | st.dictionaries(
        st.sampled_from(["access_token", "expires_in", "expires_on", "token_type", "error"]),
        json_values,
    ),
    body=st.sampled_from(Body),
)
def test_any_answer_is_a_bearer_token_with_a_sane_life_or_an_error_of_ours(
    status: int, fields: dict[str, object] | None, body: Body
):
    answer = answered(status, fields, body=Body.JSON if fields is not None else body)

    try:
        answers.check(answer, Endpoint.TOKEN, SETTINGS)
        token, token_type = access_token(answer)
        life = lifetime(answer, configured=FIVE_MINUTES, issued_at=NOON)
    except RotationError:
        return

    assert status < 300
    assert token.isascii()
    assert token_type == "Bearer"
    assert timedelta(seconds=30) <= life <= FIVE_MINUTES
