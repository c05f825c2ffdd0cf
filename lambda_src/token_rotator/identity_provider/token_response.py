"""Reads the token endpoint's answer: failures, the access token, its lifetime."""

import math
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final

from token_rotator.contract import SHORTEST_TOKEN_LIFETIME_SECONDS
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


def _error_code(answer: ProviderResponse) -> str:
    return str((answer.fields or {}).get("error"))


def _number(value: object) -> float | None:
    """An integer stays one: JSON has integers that are too large for a float."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        number = float(value) if isinstance(value, str) else value
    except ValueError:
        return None
    return None if number != number else number  # noqa: PLR0124 - NaN
