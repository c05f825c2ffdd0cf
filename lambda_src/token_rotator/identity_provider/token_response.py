"""Reads the token endpoint's answer: the access token and its lifetime."""

import math
import re
from datetime import timedelta
from typing import Final

from token_rotator.contract import (
    LONGEST_TOKEN_LIFETIME_SECONDS,
    SHORTEST_TOKEN_LIFETIME_SECONDS,
)
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


def lifetime(answer: ProviderResponse, *, configured: timedelta) -> timedelta:
    """How long the token lives: ``expires_in``, or the configured lifetime if it is missing.

    Accepts a number or a numeric string and rounds down to whole seconds. Raises AnswerUnusable
    for anything else and outside the bounds of contract.SHORTEST_/LONGEST_TOKEN_LIFETIME.
    """
    expires_in = (answer.fields or {}).get("expires_in")
    if expires_in is None:
        return configured
    seconds = _number(expires_in)
    if seconds is None:
        raise AnswerUnusable("The token endpoint's expires_in is no number of seconds.")
    if not SHORTEST_TOKEN_LIFETIME_SECONDS <= seconds <= LONGEST_TOKEN_LIFETIME_SECONDS:
        raise AnswerUnusable(
            f"The token endpoint's expires_in of {seconds:g} s is not between "
            f"{SHORTEST_TOKEN_LIFETIME_SECONDS} and {LONGEST_TOKEN_LIFETIME_SECONDS} s: "
            "such a token cannot be kept fresh."
        )
    return timedelta(seconds=math.floor(seconds))


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        return float(value)
    except (ValueError, OverflowError):
        return None
