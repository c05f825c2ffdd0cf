"""Reads the token endpoint's answer: failures, the access token, its lifetime."""

import math
import re
from datetime import timedelta
from http import HTTPStatus
from typing import Final

from token_rotator.contract import (
    LONGEST_TOKEN_LIFETIME_SECONDS,
    SHORTEST_TOKEN_LIFETIME_SECONDS,
)
from token_rotator.errors import AnswerUnusable, IdentityProviderDown, TokenRequestRefused
from token_rotator.identity_provider.http import ProviderResponse

OAUTH_ERRORS: Final = frozenset(
    {
        "access_denied",
        "invalid_client",
        "invalid_grant",
        "invalid_request",
        "invalid_scope",
        "unauthorized_client",
        "unsupported_grant_type",
        "unsupported_response_type",
    }
)
"""RFC 6749 sections 4.1.2.1 and 5.2. Other codes are not shown: they might quote the request."""

_TRANSIENT_STATUS: Final = frozenset(
    {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS}
)
_TRANSIENT_ERRORS: Final = frozenset({"server_error", "temporarily_unavailable"})
_VISIBLE_ASCII: Final = re.compile(r"[\x21-\x7e]+")


def could_not_answer(answer: ProviderResponse) -> bool:
    """Whether the provider failed in a way that a retry may cure."""
    return (
        answer.status in _TRANSIENT_STATUS
        or answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR
        or _error_code(answer) in _TRANSIENT_ERRORS
        or (answer.succeeded and not answer.is_json)
    )


def refuse_failures(answer: ProviderResponse) -> None:
    """Raises IdentityProviderDown or TokenRequestRefused unless the answer is a success."""
    if could_not_answer(answer):
        html = "" if answer.is_json else ", with no JSON in it"
        raise IdentityProviderDown(
            f"The token endpoint could not answer (status {answer.status}{html}).",
            retry_after=answer.retry_after,
        )
    if not answer.succeeded:
        code = _error_code(answer)
        code = code if code in OAUTH_ERRORS else "no OAuth error code"
        raise TokenRequestRefused(
            f"The token endpoint refused the request (status {answer.status}, {code}). "
            "The key may have been replaced: press Generate/Refresh in Intelligence and store "
            "the new file as the secret; or the audience or request_style may be wrong."
        )


def access_token(answer: ProviderResponse) -> tuple[str, str]:
    """The access token and its type (RFC 6749 section 5.1). Raises AnswerUnusable."""
    fields = answer.fields or {}
    token, token_type = fields.get("access_token"), fields.get("token_type", "Bearer")
    if not isinstance(token, str) or not token:
        raise AnswerUnusable("The token endpoint's answer has no access_token.")
    if not _VISIBLE_ASCII.fullmatch(token):
        # RFC 6749 appendix A.12, and RFC 9110 section 5.5: it is sent in a header
        raise AnswerUnusable("The access_token has characters that fit into no HTTP header.")
    if not isinstance(token_type, str) or token_type.lower() != "bearer":
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


def _error_code(answer: ProviderResponse) -> str:
    return str((answer.fields or {}).get("error"))


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        return float(value)
    except (ValueError, OverflowError):
        return None
