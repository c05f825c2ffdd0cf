"""Parses the token response: the access token and its lifetime."""

import math
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from token_rotator.contract import MIN_TOKEN_LIFETIME_SECONDS
from token_rotator.errors import AnswerUnusable
from token_rotator.identity_provider.response import ProviderResponse

_VISIBLE_ASCII: Final = re.compile(r"[\x21-\x7e]+")
_BEARER: Final = frozenset({"", "bearer", "bearertoken"})
"""RFC 6749 section 7.1, and variants that some gateways send."""


def access_token(response: ProviderResponse) -> tuple[str, str]:
    """The access token and its type (RFC 6749 section 5.1). Raises AnswerUnusable."""
    fields = response.fields or {}
    token, token_type = fields.get("access_token"), fields.get("token_type")
    if not isinstance(token, str) or not token:
        raise AnswerUnusable("The token response has no access_token.")
    if not _VISIBLE_ASCII.fullmatch(token):
        # RFC 6749 appendix A.12, and RFC 9110 section 5.5, because it is sent in a header
        raise AnswerUnusable(
            "The access_token has characters that are not allowed in an HTTP header."
        )
    if token_type is not None and str(token_type).strip().lower() not in _BEARER:
        raise AnswerUnusable(
            "The access token's token_type is not Bearer, so consumers cannot use it "
            "(RFC 6749 section 7.1)."
        )
    return token, "Bearer"


def lifetime(
    response: ProviderResponse, *, configured: timedelta, issued_at: datetime
) -> timedelta:
    """The token's lifetime in whole seconds, rounded down, at most the configured one.

    ``expires_in`` is a number of seconds or a numeric string (RFC 6749 section 5.1). If it is
    missing, ``expires_on`` or ``expires_at`` (seconds since the epoch) is used, or else the
    configured lifetime. Raises AnswerUnusable if ``expires_in`` is not a number or the lifetime is
    shorter than contract.MIN_TOKEN_LIFETIME_SECONDS.
    """
    reported = _reported_lifetime(response.fields or {}, issued_at)
    if reported is None:
        return configured
    name, reported_seconds = reported
    seconds = min(reported_seconds, configured.total_seconds())
    if seconds < MIN_TOKEN_LIFETIME_SECONDS:
        raise AnswerUnusable(
            f"According to the token response's {name}, the token's lifetime is less than "
            f"{MIN_TOKEN_LIFETIME_SECONDS} s, too short to keep it fresh. Ask the provider "
            "for a longer lifetime."
        )
    return timedelta(seconds=math.floor(seconds))


def _reported_lifetime(
    fields: Mapping[str, object], issued_at: datetime
) -> tuple[str, float] | None:
    """The name of the lifetime's field, and its seconds. None if there is no such field."""
    if (expires_in := fields.get("expires_in")) is not None:
        if (seconds := _number(expires_in)) is None:
            raise AnswerUnusable("The token response's expires_in is not a number of seconds.")
        return "expires_in", seconds
    # not standardized: values that are not seconds are ignored
    for name in ("expires_on", "expires_at"):
        if (timestamp := _number(fields.get(name))) is not None:
            return name, timestamp - int(issued_at.timestamp())
    return None


def _number(value: object) -> float | None:
    """A number, or None. Integers are not converted, because large ones overflow a float."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        number = float(value) if isinstance(value, str) else value
    except ValueError:
        return None
    return None if number != number else number  # noqa: PLR0124 - NaN
