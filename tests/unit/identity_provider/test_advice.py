"""An error's text names what is likeliest, for this profile and this answer, and what to do."""

import re
from datetime import timedelta
from typing import Any

import pytest

from fakes.environment import function_environment
from token_rotator.contract import Profile
from token_rotator.errors import (
    AnsweredByAnother,
    AnswerUnusable,
    IdentityProviderDown,
    IdentityProviderUntrusted,
    TokenRequestRefused,
)
from token_rotator.identity_provider import answers
from token_rotator.identity_provider.codes import CODES
from token_rotator.identity_provider.error_messages import Endpoint
from token_rotator.identity_provider.response import Body, ProviderResponse
from token_rotator.settings import Settings

PAGE: dict[str, Any] = {"body": Body.NOT_JSON, "media_type": "text/html"}


def settings(profile: str = "intelligence", **provider: Any) -> Settings:
    return Settings.from_environment(
        function_environment(identity_provider={"profile": profile, **provider})
    )


def text(
    error: type[Exception],
    status: int,
    code: object = None,
    *,
    endpoint: Endpoint = Endpoint.TOKEN,
    deployed: Settings | None = None,
    **answer: Any,
) -> str:
    fields = {"error": code} if code is not None else None
    received = ProviderResponse(status=status, fields=fields, **{"body": Body.JSON, **answer})
    with pytest.raises(error) as caught:
        answers.check(received, endpoint, deployed or settings())
    assert type(caught.value) is error
    return str(caught.value)


def in_order(said: str, *words: str) -> bool:
    places = [said.find(word) for word in words]
    return -1 not in places and places == sorted(places)


def test_an_unknown_client_of_intelligence_needs_a_new_file_most_likely():
    said = text(TokenRequestRefused, 401, "invalid_client")

    assert "(status 401, invalid_client)" in said
    assert in_order(
        said, "Generate/Refresh", "token-rotator upload", "audience", "assertion_backdate_seconds"
    )


def test_an_unknown_client_of_another_server_is_a_matter_of_its_registration():
    said = text(TokenRequestRefused, 401, "invalid_client", deployed=settings("rfc7523"))

    assert in_order(
        said,
        *("key_id", "audience", "algorithm", "assertion_lifetime_seconds"),
        "assertion_backdate_seconds",
    )


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (
            "invalid_grant",
            (
                *("set subject", "set audience", "register it, set key_id"),
                *("assertion_lifetime_seconds", "assertion_backdate_seconds"),
            ),
        ),
        ("invalid_client", ("serviceAccountId", "certificate", "key_id", 'profile = "rfc7523"')),
        (
            "unauthorized_client",
            ("Keep the key", "approved", "domain-wide delegation", "set subject"),
        ),
        ("consent_required", ("Keep the key", "approved", "pre-authorization", "set subject")),
        ("unsupported_grant_type", ("Keep the key", "jwt-bearer", "rfc7523", "scope_in")),
        ("invalid_scope", ("Keep the key", "correct scope", "scope_in")),
    ],
)
def test_a_refused_grant_is_a_matter_of_its_subject_and_its_approval(
    code: str, words: tuple[str, ...]
):
    said = text(TokenRequestRefused, 400, code, deployed=settings("jwt-bearer"))

    assert in_order(said, code, *words)


@pytest.mark.parametrize("code", CODES)
def test_only_a_grant_has_a_subject_and_another_place_for_its_scope(code: str):
    for profile in ("intelligence", "rfc7523"):
        said = text(TokenRequestRefused, 400, code, deployed=settings(profile))

        assert not re.search("subject|scope_in|jwt-bearer", said)


@pytest.mark.parametrize("profile", Profile)
@pytest.mark.parametrize("code", [*CODES, "inactive_user"])
@pytest.mark.parametrize("status", [200, 400, 401])
def test_a_new_key_is_advised_for_an_unknown_client_only(profile: str, code: str, status: int):
    said = text(TokenRequestRefused, status, code, deployed=settings(profile))

    assert ("Generate/Refresh" in said) == ((profile, code) == ("intelligence", "invalid_client"))
    assert (code in said) == (code in CODES), "a code of one's own might quote the request"


@pytest.mark.parametrize("status", [302, 403, 404, 422, 503])
@pytest.mark.parametrize("code", CODES)
def test_a_registered_code_is_a_refusal_with_any_status(status: int, code: str):
    assert code in text(TokenRequestRefused, status, code)


@pytest.mark.parametrize(
    "code",
    [
        *(
            "Not Found",
            "Unauthorized",
            "eyJhbGciOi.sentinel",
            "",
            "9",
            "a" * 65,
            "zwei w\u00f6rter",
        ),
        *(["invalid_client"], {"invalid_client": 1}, 7, True, None),
    ],
)
@pytest.mark.parametrize("status", [400, 401, 403, 404])
def test_what_web_servers_call_an_error_is_no_oauth_code(code: object, status: int):
    assert "sentinel" not in text(AnsweredByAnother, status, code)


@pytest.mark.parametrize("status", [403, 404, 405, 410])
def test_a_word_of_ones_own_counts_with_the_statuses_of_oauth_only(status: int):
    text(AnsweredByAnother, status, "not_found")


@pytest.mark.parametrize(
    ("code", "status"), [("slow_down", 400), ("server_error", 200), ("too_many_requests", 403)]
)
def test_a_code_that_says_later_is_passing_and_shown(code: str, status: int):
    assert code in text(IdentityProviderDown, status, code)


def test_too_many_requests_are_a_matter_of_who_else_asks():
    assert "who else" in text(IdentityProviderDown, 429)


@pytest.mark.parametrize(
    ("status", "first", "then"),
    [
        (401, "the network allows", "discoveryEndpoint"),
        (403, "the network allows", "discoveryEndpoint"),
        (404, "discoveryEndpoint", "the network allows"),
        (405, "discoveryEndpoint", "the network allows"),
        (410, "discoveryEndpoint", "the network allows"),
        (413, "request_style", "discoveryEndpoint"),
        (414, "request_style", "discoveryEndpoint"),
        (415, "request_style", "discoveryEndpoint"),
        (200, "the network allows", "discoveryEndpoint"),
    ],
)
def test_something_in_front_is_looked_for_where_the_status_points(
    status: int, first: str, then: str
):
    said = text(AnsweredByAnother, status, **PAGE)

    assert f"status {status}, text/html, not JSON" in said
    assert in_order(said, "firewall", "keep it", "First", first, then)


@pytest.mark.parametrize("status", [200, 404])
def test_a_login_page_at_discovery_is_a_matter_of_the_discovery_endpoint(status: int):
    said = text(AnsweredByAnother, status, endpoint=Endpoint.DISCOVERY, **PAGE)

    assert in_order(said, "not JSON", "login", "First check the discoveryEndpoint of the secret")


@pytest.mark.parametrize(
    ("provider", "endpoint", "named"),
    [
        ({"token_endpoint": "https://a.example/t"}, Endpoint.TOKEN, "token_endpoint in"),
        ({"discovery_endpoint": "https://a.example/d"}, Endpoint.TOKEN, "discovery_endpoint in"),
        (
            {"discovery_endpoint": "https://a.example/d"},
            Endpoint.DISCOVERY,
            "discovery_endpoint in",
        ),
        ({}, Endpoint.DISCOVERY, "the discoveryEndpoint of the secret"),
    ],
)
def test_the_address_to_check_is_where_it_was_configured(
    provider: dict[str, str], endpoint: Endpoint, named: str
):
    deployed = settings(**provider)

    assert named in text(AnsweredByAnother, 404, endpoint=endpoint, deployed=deployed, **PAGE)
    assert named in text(IdentityProviderUntrusted, 307, endpoint=endpoint, deployed=deployed)


def test_a_token_endpoint_in_place_of_a_discovery_endpoint_is_recognised():
    said = text(AnswerUnusable, 400, "invalid_request", endpoint=Endpoint.DISCOVERY)

    assert "like a token endpoint" in said
    assert "discoveryEndpoint" in said


@pytest.mark.parametrize("code", ["invalid_client", "invalid_grant", "inactive_user"])
@pytest.mark.parametrize(
    ("skew", "backdate", "said_first"),
    [
        (-2, 0, "First set assertion_backdate_seconds = 3."),
        (-41.2, 0, "First set assertion_backdate_seconds = 43."),
        (-41.2, 30, "First set assertion_backdate_seconds = 43."),
        (-41.2, 43, None),
        (-59, 0, "First set assertion_backdate_seconds = 60."),
        (-59.5, 0, "First have the wrong clock corrected."),
        (-61, 60, "First have the wrong clock corrected."),
        (300, 0, "First have the wrong clock corrected."),
        (1.9, 0, None),
        (-1.9, 0, None),
        (0, 0, None),
        (None, 0, None),
    ],
)
def test_a_difference_of_clocks_comes_before_all_other_causes(
    code: str, skew: float | None, backdate: int, said_first: str | None
):
    said = text(
        TokenRequestRefused,
        401,
        code,
        deployed=settings(assertion_backdate_seconds=backdate),
        clock_skew=None if skew is None else timedelta(seconds=skew),
    )

    assert ("The provider's clock is" in said) == (said_first is not None)
    if said_first is not None:
        assert said_first in said
        assert "Most likely first" not in said, "the clock is"


@pytest.mark.parametrize("code", ["invalid_scope", "unauthorized_client", "invalid_request"])
def test_clocks_are_not_mentioned_where_the_assertion_was_accepted(code: str):
    said = text(TokenRequestRefused, 400, code, clock_skew=timedelta(seconds=-500))

    assert "clock" not in said
