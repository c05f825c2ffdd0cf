"""Translates botocore's exceptions into CallerError, which tells the operator what to do."""

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
_NO_CREDENTIALS: Final = frozenset(
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
    "The profile requires an MFA code, which needs a terminal. In a terminal, `aws configure "
    "export-credentials --profile NAME --format env` prints credentials that work without one."
)
_CHECK_NETWORK: Final = "check the network, HTTPS_PROXY and AWS_ENDPOINT_URL"

_FIXES: Final[tuple[tuple[type[BotoCoreError] | tuple[type[BotoCoreError], ...], str], ...]] = (
    (
        ProfileNotFound,
        "The profile does not exist: `aws configure list-profiles` lists the existing ones.",
    ),
    (NoRegionError, "Set the region with --region or AWS_REGION."),
    (RefreshWithMFAUnsupportedError, _NO_TERMINAL),
    (
        SSLError,
        (
            "AWS's certificate was rejected. If a proxy in your network inspects TLS, set "
            "AWS_CA_BUNDLE to the file with its CA certificate."
        ),
    ),
    (
        ProxyConnectionError,
        "The proxy in HTTPS_PROXY could not be reached: correct or remove it.",
    ),
    (
        (HTTPClientError, NoConnection),
        (
            f"Try again. If it persists, {_CHECK_NETWORK}. Your network may require a proxy in "
            "HTTPS_PROXY."
        ),
    ),
)
"""Fixes by exception. The first matching row applies."""


@contextmanager
def calling(action: str) -> Iterator[None]:
    """Converts botocore's exceptions to CallerError. ``action`` is the required IAM action."""
    try:
        with _no_stdin_prompt():
            yield
    except (ClientError, BotoCoreError) as exc:
        code = _code(exc)
        # from None: botocore's validation errors quote the arguments
        raise CallerError(
            action,
            code=code,
            fix=_fix(action, code, exc),
            denied=code in _DENIED,
            unreachable=isinstance(exc, (HTTPClientError, NoConnection)),
        ) from None
    except ResponseParserError as exc:
        raise CallerError(
            action,
            code=type(exc).__name__,
            fix=f"The response is not from AWS but, for example, from a proxy: {_CHECK_NETWORK}.",
        ) from None
    except (GetPassWarning, EOFError):
        raise CallerError(action, code="MFA", fix=_NO_TERMINAL) from None


@contextmanager
def _no_stdin_prompt() -> Iterator[None]:
    """Prevents getpass from reading stdin, which may contain a key, if there is no terminal.

    botocore uses it to ask for an MFA code: https://docs.python.org/3/library/getpass.html
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
    if code in _NO_CREDENTIALS:
        return "There are no valid AWS credentials: log in, or choose a profile with --profile."
    if _is_unavailable(exc):
        return f"Try again. If it persists, {_CHECK_NETWORK}."
    return next(
        (fix for kinds, fix in _FIXES if isinstance(exc, kinds)),
        "Look up the code in the service's API reference.",
    )


def _is_unavailable(exc: ClientError | BotoCoreError) -> bool:
    return isinstance(exc, ClientError) and is_transient(
        _code(exc), exc.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    )
