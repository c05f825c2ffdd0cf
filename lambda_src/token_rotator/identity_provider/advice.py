"""Texts of the identity provider's errors: who seems to have answered, and what to do first.

Nothing of a body is in them but a registered error code.
"""

import math
from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from http import HTTPStatus
from typing import Final

from token_rotator.contract import LONGEST_ASSERTION_BACKDATE_SECONDS, Profile
from token_rotator.identity_provider.codes import CODES, FIXES, LIKELIEST, Meaning
from token_rotator.identity_provider.response import Body, ProviderResponse
from token_rotator.settings import Settings

NOTABLE_SKEW: Final = timedelta(seconds=2)
"""A smaller difference of clocks is not mentioned."""


class Endpoint(StrEnum):
    """The identity provider's endpoints, as errors call them."""

    DISCOVERY = "discovery endpoint"
    TOKEN = "token endpoint"


PROVIDERS: Final[Mapping[Profile, str]] = {
    Profile.INTELLIGENCE: "Intelligence",
    Profile.RFC7523: "the authorization server",
    Profile.JWT_BEARER: "the authorization server",
}

_CLOCK_MATTERS: Final = frozenset({Meaning.CLIENT, Meaning.ASSERTION, Meaning.OWN})
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


def down(answer: ProviderResponse, endpoint: Endpoint, code: str | None, settings: Settings) -> str:
    """The text for an answer that says "later"."""
    shown = f"{answer.described}, {code}" if code else answer.described
    who = PROVIDERS[settings.profile]
    if answer.status == HTTPStatus.TOO_MANY_REQUESTS:
        what = f"{who} is asked too often. Check who else uses this client"
    else:
        what = f"{who}, or something in front of it, is down or overloaded. It is asked again"
    return f"The {endpoint} could not answer ({shown}): {what}; if it lasts, see its status page."


def refused(
    answer: ProviderResponse, endpoint: Endpoint, code: str | None, settings: Settings
) -> str:
    """The text for an OAuth error code."""
    meaning = CODES.get(code or "", Meaning.OWN)
    shown = code if code in CODES else "not a registered code"
    clock = _clock(answer.clock_skew, settings) if meaning in _CLOCK_MATTERS else ""
    fix = FIXES[meaning][settings.profile]
    if clock:
        fix = fix.replace(LIKELIEST, "If that does not help:")
    return (
        f"The {endpoint} refused the request (status {answer.status}, {shown}): {meaning}. "
        f"{clock}{fix}"
    )


def answered_by_another(
    answer: ProviderResponse, endpoint: Endpoint, _: str | None, settings: Settings
) -> str:
    """The text for an answer without an OAuth error code."""
    return (
        f"The {endpoint} did not answer as {PROVIDERS[settings.profile]} does "
        f"({answer.described}, no OAuth error code). Something in front of it answered (firewall, "
        "gateway, CDN, login or maintenance page), or the address is wrong. That says nothing "
        f"about the key: keep it. First {_first_step(answer, endpoint, settings)}."
    )


def redirected(
    answer: ProviderResponse, endpoint: Endpoint, _: str | None, settings: Settings
) -> str:
    """The text for a redirect."""
    return (
        f"The {endpoint} answered with a redirect (status {answer.status}), which is not followed: "
        "an assertion goes only where the deployment allows. Something in front of it wants a "
        f"login, or {PROVIDERS[settings.profile]} has moved. First see where it leads; if that is "
        f"right, correct {address_of(endpoint, settings)}."
    )


def no_discovery(
    answer: ProviderResponse, endpoint: Endpoint, code: str | None, settings: Settings
) -> str:
    """The text for an OAuth error where a discovery document was expected."""
    shown = code if code in CODES else "not a registered code"
    return (
        f"The {endpoint} answered as a token endpoint does (status {answer.status}, OAuth error: "
        f"{shown}). First check {address_of(endpoint, settings)}: it has to be the address of the "
        "discovery document."
    )


def _clock(skew: timedelta | None, settings: Settings) -> str:
    """What a notable difference of clocks means, or nothing. It is likelier than all else."""
    if skew is None or abs(skew) < NOTABLE_SKEW:
        return ""
    seconds = math.ceil(abs(skew).total_seconds())
    if skew > timedelta():
        return (
            f"The provider's clock is {seconds} s ahead of the function's: the assertion may be "
            "too old there. First have the wrong clock set right. "
        )
    wanted = seconds + 1  # the header Date has whole seconds
    if timedelta(seconds=wanted) <= settings.assertion_backdate:
        return ""
    fix = (
        f"set assertion_backdate_seconds = {wanted}"
        if wanted <= LONGEST_ASSERTION_BACKDATE_SECONDS
        else "have the wrong clock set right"
    )
    return (
        f"The provider's clock is {seconds} s behind the function's: the assertion's iat is in its "
        f"future. First {fix}. "
    )


def _first_step(answer: ProviderResponse, endpoint: Endpoint, settings: Settings) -> str:
    address = address_of(endpoint, settings)
    network = "the network lets the function's requests through (firewall, allow list, gateway)"
    if answer.body in {Body.UNKNOWN_ENCODING, Body.UNDECODABLE}:
        return (
            "have what compresses the answer honour Accept-Encoding: identity, or use gzip; then "
            f"check {address}"
        )
    if endpoint is Endpoint.DISCOVERY or answer.status in _WRONG_PATH:
        return f"check {address}; then, whether {network}"
    if answer.status in _WRONG_FORM:
        return f"change request_style; then check {address}"
    return f"check whether {network}; then check {address}"


def address_of(endpoint: Endpoint, settings: Settings) -> str:
    """The setting or field that says where the endpoint is."""
    if endpoint is Endpoint.TOKEN and settings.token_endpoint:
        return "token_endpoint in rotators.toml"
    if settings.discovery_endpoint:
        return "discovery_endpoint in rotators.toml"
    return "the discoveryEndpoint of the secret"
