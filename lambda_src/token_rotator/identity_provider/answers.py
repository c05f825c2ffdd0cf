"""The error class of every response of the identity provider, as one table.

docs/reference/answers.md shows it; ``make generate`` writes it there.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from token_rotator.errors import (
    AnsweredByAnother,
    AnswerUnusable,
    IdentityProviderDown,
    IdentityProviderError,
    IdentityProviderUntrusted,
    TokenRequestRefused,
)
from token_rotator.identity_provider import error_messages
from token_rotator.identity_provider.codes import CODES
from token_rotator.identity_provider.error_messages import Endpoint
from token_rotator.identity_provider.response import Body, ProviderResponse
from token_rotator.settings import Settings

TRANSIENT_CODES: Final = frozenset(
    {
        "rate_limit_exceeded",
        "server_error",
        "slow_down",
        "temporarily_unavailable",
        "too_many_requests",
    }
)
"""Temporary errors: RFC 6749 section 4.1.2.1, RFC 8628 section 3.5, and others in use."""

TRANSIENT_STATUSES: Final = frozenset(
    {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS}
)
"""In addition to 5xx."""

_PROVIDER_CODE: Final = re.compile(r"[a-z][a-z0-9_.-]{0,63}")
"""The form of a provider's own code (RFC 6749 section 8.5), unlike a web server's "Not Found"."""
_SERVER_ERROR: Final = HTTPStatus.INTERNAL_SERVER_ERROR
_OAUTH_STATUSES: Final = frozenset({HTTPStatus.OK, HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED})
"""RFC 6749 section 5.2, and 200, which some providers use for errors."""

_Message = Callable[[ProviderResponse, Endpoint, str | None, Settings], str]


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the table. The first matching row applies."""

    response: str
    applies: Callable[[ProviderResponse], bool]
    at_token_endpoint: type[IdentityProviderError] | None
    """None: the response is parsed."""
    at_discovery: type[IdentityProviderError] | None


def error_code(response: ProviderResponse) -> str | None:
    """The OAuth error code of a response, or None (RFC 6749 section 5.2).

    An unregistered code counts only with the status of an OAuth error, because the JSON of web
    servers and gateways may also have a member ``error``.
    """
    fields = response.fields or {}
    code = fields.get("error")
    if not isinstance(code, str):
        return None
    is_provider_code = (
        response.status in _OAUTH_STATUSES
        and "access_token" not in fields
        and _PROVIDER_CODE.fullmatch(code)
    )
    return code if is_provider_code or code in CODES or code in TRANSIENT_CODES else None


ROWS: Final = (
    Row(
        "any status, a temporary OAuth error code: "
        + ", ".join(f"`{code}`" for code in sorted(TRANSIENT_CODES)),
        lambda response: error_code(response) in TRANSIENT_CODES,
        IdentityProviderDown,
        IdentityProviderDown,
    ),
    Row(
        "any status, another OAuth error code; with 200, 400, 401 also the provider's own codes",
        lambda response: error_code(response) is not None,
        TokenRequestRefused,
        AnswerUnusable,
    ),
    Row(
        "408, 425, 429, 5xx with any body",
        lambda response: response.status in TRANSIENT_STATUSES or response.status >= _SERVER_ERROR,
        IdentityProviderDown,
        IdentityProviderDown,
    ),
    Row(
        "any other status, an incomplete or too slow body",
        lambda response: response.body is Body.INCOMPLETE,
        IdentityProviderDown,
        IdentityProviderDown,
    ),
    Row(
        "3xx",
        lambda response: response.status // 100 == 3,  # noqa: PLR2004
        IdentityProviderUntrusted,
        IdentityProviderUntrusted,
    ),
    Row(
        "any other error status, such as 403, 404, 405, 415",
        lambda response: not response.succeeded,
        AnsweredByAnother,
        AnsweredByAnother,
    ),
    Row(
        "2xx without valid JSON: HTML, an empty body, more than 64 KiB when decoded, a "
        "Content-Encoding other than gzip and deflate, or a body that does not match it",
        lambda response: response.body is not Body.JSON,
        AnsweredByAnother,
        AnsweredByAnother,
    ),
    Row("2xx with JSON", lambda _: True, None, None),
)
"""All rows, in order of precedence."""

_MESSAGES: Final[Mapping[type[IdentityProviderError], _Message]] = {
    TokenRequestRefused: error_messages.refused,
    AnsweredByAnother: error_messages.answered_by_another,
    IdentityProviderDown: error_messages.down,
    IdentityProviderUntrusted: error_messages.redirected,
    AnswerUnusable: error_messages.no_discovery,
}


def check(response: ProviderResponse, endpoint: Endpoint, settings: Settings) -> None:
    """Raises the error for a response. Returns if it can be parsed.

    Raises TokenRequestRefused, AnsweredByAnother, IdentityProviderDown, IdentityProviderUntrusted,
    AnswerUnusable.
    """
    row = next(row for row in ROWS if row.applies(response))
    error = row.at_token_endpoint if endpoint is Endpoint.TOKEN else row.at_discovery
    if error is None:
        return
    message = _MESSAGES[error](response, endpoint, error_code(response), settings)
    if error is IdentityProviderDown:
        raise IdentityProviderDown(message, retry_after=response.retry_after)
    raise error(message)
