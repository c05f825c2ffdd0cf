"""Error messages for responses of the identity provider: the likely sender, and the first fix.

They contain nothing of a response's body except a registered error code.
"""

import math
from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from http import HTTPStatus
from typing import Final

from token_rotator.contract import MAX_ASSERTION_BACKDATE_SECONDS, Profile
from token_rotator.identity_provider.codes import CODES, FIXES, MOST_LIKELY, Meaning
from token_rotator.identity_provider.response import Body, ProviderResponse
from token_rotator.settings import Settings

NOTABLE_SKEW: Final = timedelta(seconds=2)
"""Smaller clock differences are not mentioned."""


class Endpoint(StrEnum):
    """Names of the identity provider's endpoints in errors."""

    DISCOVERY = "discovery endpoint"
    TOKEN = "token endpoint"


PROVIDERS: Final[Mapping[Profile, str]] = {
    Profile.INTELLIGENCE: "Intelligence",
    Profile.RFC7523: "the authorization server",
    Profile.JWT_BEARER: "the authorization server",
}

_CLOCK_RELATED: Final = frozenset({Meaning.CLIENT, Meaning.ASSERTION, Meaning.OWN})
_WRONG_PATH: Final = frozenset(
    {
        HTTPStatus.NOT_FOUND,
        HTTPStatus.METHOD_NOT_ALLOWED,
        HTTPStatus.GONE,
        HTTPStatus.MISDIRECTED_REQUEST,
    }
)
_WRONG_FORM: Final = frozenset(
    {
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        HTTPStatus.REQUEST_URI_TOO_LONG,
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
    }
)


def down(
    response: ProviderResponse, endpoint: Endpoint, code: str | None, settings: Settings
) -> str:
    """The message for a temporary failure."""
    shown_code = f"{response.summary}, {code}" if code else response.summary
    provider = PROVIDERS[settings.profile]
    if response.status == HTTPStatus.TOO_MANY_REQUESTS:
        cause = f"{provider} received too many requests. Check who else uses this client"
    else:
        cause = (
            f"{provider}, or a system in front of it, is down or overloaded. The function retries"
        )
    return (
        f"The {endpoint} is unavailable ({shown_code}): {cause}. "
        "If it persists, see its status page."
    )


def refused(
    response: ProviderResponse, endpoint: Endpoint, code: str | None, settings: Settings
) -> str:
    """The message for an OAuth error code."""
    meaning = CODES.get(code or "", Meaning.OWN)
    shown_code = code if code in CODES else "not a registered code"
    clock = _clock_hint(response.clock_skew, settings) if meaning in _CLOCK_RELATED else ""
    fix = FIXES[meaning][settings.profile]
    if clock:
        fix = fix.replace(MOST_LIKELY, "If that does not help:")
    return (
        f"The {endpoint} refused the request (status {response.status}, {shown_code}): {meaning}. "
        f"{clock}{fix}"
    )


def answered_by_another(
    response: ProviderResponse, endpoint: Endpoint, _: str | None, settings: Settings
) -> str:
    """The message for a response without an OAuth error code."""
    return (
        f"The {endpoint} did not respond like {PROVIDERS[settings.profile]} "
        f"({response.summary}, no OAuth error code). Another system responded (firewall, gateway, "
        "CDN, login or maintenance page), or the URL is wrong. This says nothing about the key: "
        f"keep it. First {_first_step(response, endpoint, settings)}."
    )


def redirected(
    response: ProviderResponse, endpoint: Endpoint, _: str | None, settings: Settings
) -> str:
    """The message for a redirect."""
    return (
        f"The {endpoint} returned a redirect (status {response.status}), which is not followed: "
        "assertions are sent only to allowed hosts. A system in front of it requires a login, or "
        f"{PROVIDERS[settings.profile]} has moved. First check the redirect's target; if it is "
        f"right, correct {url_setting(endpoint, settings)}."
    )


def no_discovery(
    response: ProviderResponse, endpoint: Endpoint, code: str | None, settings: Settings
) -> str:
    """The message for an OAuth error instead of a discovery document."""
    shown_code = code if code in CODES else "not a registered code"
    return (
        f"The {endpoint} responded like a token endpoint (status {response.status}, OAuth error: "
        f"{shown_code}). First check {url_setting(endpoint, settings)}: it must be the URL of the "
        "discovery document."
    )


def _clock_hint(skew: timedelta | None, settings: Settings) -> str:
    """The message about a notable clock difference, the most likely cause, or an empty string."""
    if skew is None or abs(skew) < NOTABLE_SKEW:
        return ""
    seconds = math.ceil(abs(skew).total_seconds())
    if skew > timedelta():
        return (
            f"The provider's clock is {seconds} s ahead of the function's, so the assertion may be "
            "too old for it. First have the wrong clock corrected. "
        )
    backdate_seconds = seconds + 1  # the header Date has whole seconds
    if timedelta(seconds=backdate_seconds) <= settings.assertion_backdate:
        return ""
    fix = (
        f"set assertion_backdate_seconds = {backdate_seconds}"
        if backdate_seconds <= MAX_ASSERTION_BACKDATE_SECONDS
        else "have the wrong clock corrected"
    )
    return (
        f"The provider's clock is {seconds} s behind the function's, so the assertion's iat is in "
        f"its future. First {fix}. "
    )


def _first_step(response: ProviderResponse, endpoint: Endpoint, settings: Settings) -> str:
    setting = url_setting(endpoint, settings)
    network = "the network allows the function's requests (firewall, allow list, gateway)"
    if response.body in {Body.UNKNOWN_ENCODING, Body.UNDECODABLE}:
        return (
            "make the system that compresses the response honor Accept-Encoding: identity, or use "
            f"gzip; then check {setting}"
        )
    if endpoint is Endpoint.DISCOVERY or response.status in _WRONG_PATH:
        return f"check {setting}; then check whether {network}"
    if response.status in _WRONG_FORM:
        return f"change request_style; then check {setting}"
    return f"check whether {network}; then check {setting}"


def url_setting(endpoint: Endpoint, settings: Settings) -> str:
    """The setting or field that contains the endpoint's URL."""
    if endpoint is Endpoint.TOKEN and settings.token_endpoint:
        return "token_endpoint in rotators.toml"
    if settings.discovery_endpoint:
        return "discovery_endpoint in rotators.toml"
    return "the discoveryEndpoint of the secret"
