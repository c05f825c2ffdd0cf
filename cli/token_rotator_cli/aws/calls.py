"""Translation of botocore's exceptions into CallerError, which tells the operator what to do."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from getpass import GetPassWarning
from typing import Final

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    HTTPClientError,
    NoRegionError,
    ProfileNotFound,
    ProxyConnectionError,
    RefreshWithMFAUnsupportedError,
    SSLError,
)
from botocore.exceptions import ConnectionError as NoConnection
from botocore.parsers import ResponseParserError

from token_rotator.aws.service import is_transient
from token_rotator_cli.aws.denied import denied
from token_rotator_cli.errors import CallerError

_DENIED: Final = frozenset(
    {"AccessDenied", "AccessDeniedException", "AuthorizationError", "UnauthorizedOperation"}
)
_LOGGED_OUT: Final = frozenset(
    {
        "CredentialRetrievalError",
        "ExpiredToken",
        "ExpiredTokenException",
        "InvalidClientTokenId",
        "LoginRefreshRequired",
        "NoCredentialsError",
        "PartialCredentialsError",
        "SSOTokenLoadError",
        "TokenRetrievalError",
        "UnauthorizedSSOTokenError",
        "UnrecognizedClientException",
    }
)


_NO_TERMINAL: Final = (
    "The profile wants an MFA code, which needs a terminal. In one, `aws configure "
    "export-credentials --profile NAME --format env` prints credentials that work without."
)
_WAY: Final = "check the network, HTTPS_PROXY and AWS_ENDPOINT_URL"

_FIXES: Final[tuple[tuple[type[BotoCoreError] | tuple[type[BotoCoreError], ...], str], ...]] = (
    (
        ProfileNotFound,
        "There is no such profile: `aws configure list-profiles` lists the existing ones.",
    ),
    (NoRegionError, "Name the region with --region or AWS_REGION."),
    (RefreshWithMFAUnsupportedError, _NO_TERMINAL),
    (
        SSLError,
        (
            "AWS's certificate was not accepted. If a proxy of your network inspects TLS, name the "
            "file with its certificates in AWS_CA_BUNDLE."
        ),
    ),
    (
        ProxyConnectionError,
        "The proxy that HTTPS_PROXY names could not be reached: correct or remove it.",
    ),
    (
        (HTTPClientError, NoConnection),
        f"Try again; if it stays, {_WAY}. Your network may want a proxy in HTTPS_PROXY.",
    ),
)
"""The first row that applies."""


@contextmanager
def calling(action: str) -> Iterator[None]:
    """Raises CallerError for whatever botocore raises; ``action`` is the IAM action to ask for."""
    try:
        with _never_asking_stdin():
            yield
    except (ClientError, BotoCoreError) as exc:
        code = _code(exc)
        # from None: a validation error of botocore's quotes the arguments
        raise CallerError(
            action,
            code=code,
            fix=_fix(action, code, exc),
            denied=code in _DENIED,
            unreachable=_is_unreachable(exc),
        ) from None
    except ResponseParserError as exc:
        raise CallerError(
            action,
            code=type(exc).__name__,
            fix=f"What answered is not AWS, but the page of a proxy for example: {_WAY}.",
        ) from None
    except (GetPassWarning, EOFError):
        raise CallerError(action, code="MFA", fix=_NO_TERMINAL) from None


@contextmanager
def _never_asking_stdin() -> Iterator[None]:
    """Without a terminal, getpass warns and reads a line of stdin, where a key may come from.

    botocore asks it for the code of an MFA device: https://docs.python.org/3/library/getpass.html
    """
    with warnings.catch_warnings():
        warnings.simplefilter("error", GetPassWarning)
        yield


def _code(exc: ClientError | BotoCoreError) -> str:
    if isinstance(exc, ClientError):
        return str(exc.response.get("Error", {}).get("Code", "Unknown"))
    return type(exc).__name__


def _fix(action: str, code: str, exc: ClientError | BotoCoreError) -> str:
    if code in _DENIED:
        message = exc.response["Error"].get("Message", "") if isinstance(exc, ClientError) else ""
        return f"{denied(action, message)}, or use another --profile."
    if code in _LOGGED_OUT:
        return "There are no valid AWS credentials: log in, or name a profile with --profile."
    if _is_unavailable(exc):
        return f"Try again; if it stays, {_WAY}."
    return next(
        (fix for kinds, fix in _FIXES if isinstance(exc, kinds)),
        "The API reference of that service explains the code.",
    )


def _is_unavailable(exc: ClientError | BotoCoreError) -> bool:
    return isinstance(exc, ClientError) and is_transient(
        _code(exc), exc.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    )


def _is_unreachable(exc: ClientError | BotoCoreError) -> bool:
    return isinstance(exc, (HTTPClientError, NoConnection))
