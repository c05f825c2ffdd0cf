"""What the token endpoint grants is a bearer token with a sane life, or of no use."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes.environment import function_environment
from token_rotator.errors import AnswerUnusable, RotationError
from token_rotator.identity_provider import answers
from token_rotator.identity_provider.advice import Endpoint
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


@pytest.mark.parametrize(
    ("expires_in", "seconds"),
    [(300, 300), ("300", 300), (300.0, 300), (299.9, 299), ("3600", 3600), (None, 300)],
)
def test_expires_in_is_a_number_or_a_numeric_string_or_missing(expires_in: object, seconds: int):
    fields = {"expires_in": expires_in} if expires_in is not None else {}

    assert lifetime(answered(fields=fields), configured=FIVE_MINUTES).total_seconds() == seconds


@pytest.mark.parametrize(
    "expires_in",
    [0, -300, 29, "soon", "", True, [], {}, 10**12, 10**400, float("nan"), float("inf"), "nan"],
)
def test_an_expires_in_that_makes_no_sense_is_an_error(expires_in: object):
    with pytest.raises(AnswerUnusable, match="expires_in"):
        lifetime(answered(fields={"expires_in": expires_in}), configured=FIVE_MINUTES)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


@given(
    status=st.integers(200, 599),
    fields=st.none()
    | st.dictionaries(
        st.sampled_from(["access_token", "expires_in", "token_type", "error"]), json_values
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
        life = lifetime(answer, configured=FIVE_MINUTES)
    except RotationError:
        return

    assert status < 300
    assert token.isascii()
    assert token_type == "Bearer"
    assert timedelta(seconds=30) <= life <= timedelta(days=30)
