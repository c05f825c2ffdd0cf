"""Reads the token endpoint's answer: the access token and its lifetime."""

import math
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from token_rotator.contract import SHORTEST_TOKEN_LIFETIME_SECONDS
from token_rotator.errors import AnswerUnusable
from token_rotator.identity_provider.response import ProviderResponse

_VISIBLE_ASCII: Final = re.compile(r"[\x21-\x7e]+")
_BEARER: Final = frozenset({"", "bearer", "bearertoken"})
"""RFC 6749 section 7.1, and what some gateways send in its place."""


def access_token(answer: ProviderResponse) -> tuple[str, str]:
    """The access token and its type (RFC 6749 section 5.1). Raises AnswerUnusable."""
    fields = answer.fields or {}
    token, token_type = fields.get("access_token"), fields.get("token_type")
    if not isinstance(token, str) or not token:
        raise AnswerUnusable("The token endpoint's answer has no access_token.")
    if not _VISIBLE_ASCII.fullmatch(token):
        # RFC 6749 appendix A.12, and RFC 9110 section 5.5: it is sent in a header
        raise AnswerUnusable("The access_token has characters that fit into no HTTP header.")
    if token_type is not None and str(token_type).strip().lower() not in _BEARER:
        raise AnswerUnusable(
            "The access token's token_type is not Bearer; consumers could not use it "
            "(RFC 6749 section 7.1)."
        )
    return token, "Bearer"


def lifetime(answer: ProviderResponse, *, configured: timedelta, issued_at: datetime) -> timedelta:
    """How long the token lives, in whole seconds, rounded down; never longer than configured.

    The answer's ``expires_in`` is a number of seconds or a numeric string (RFC 6749 section 5.1).
    If it is missing, ``expires_on`` or ``expires_at`` counts, as seconds since the epoch; if the
    answer says nothing, the configured lifetime. Raises AnswerUnusable for an ``expires_in`` that
    is no number, and for a life shorter than contract.SHORTEST_TOKEN_LIFETIME_SECONDS.
    """
    claim = _claim(answer.fields or {}, issued_at)
    if claim is None:
        return configured
    name, claimed = claim
    seconds = min(claimed, configured.total_seconds())
    if seconds < SHORTEST_TOKEN_LIFETIME_SECONDS:
        raise AnswerUnusable(
            f"By the token endpoint's {name} the token lives less than "
            f"{SHORTEST_TOKEN_LIFETIME_SECONDS} s: it cannot be kept fresh. Ask the provider for a "
            "longer lifetime."
        )
    return timedelta(seconds=math.floor(seconds))


def _claim(fields: Mapping[str, object], issued_at: datetime) -> tuple[str, float] | None:
    """The field that says how long the token lives, and its seconds; None if none says it."""
    if (expires_in := fields.get("expires_in")) is not None:
        if (seconds := _number(expires_in)) is None:
            raise AnswerUnusable("The token endpoint's expires_in is no number of seconds.")
        return "expires_in", seconds
    # of no standard: other forms than seconds are ignored
    for name in ("expires_on", "expires_at"):
        if (moment := _number(fields.get(name))) is not None:
            return name, moment - int(issued_at.timestamp())
    return None


def _number(value: object) -> float | None:
    """An integer stays one: JSON has integers that are too large for a float."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        number = float(value) if isinstance(value, str) else value
    except ValueError:
        return None
    return None if number != number else number  # noqa: PLR0124 - NaN
