"""Translation of botocore's exceptions into CallerError, which tells the operator what to do."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from getpass import GetPassWarning
from typing import Final

from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError
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
            action, code=code, fix=_fix(action, code, exc), unreachable=_is_unreachable(exc)
        ) from None
    except (GetPassWarning, EOFError):
        raise CallerError(
            action,
            code="MFA",
            fix="The profile needs a terminal, to ask for the code of its MFA device: run this in "
            "one, or with temporary credentials (aws configure export-credentials --profile NAME "
            "--format env, where it can ask).",
        ) from None
    except ResponseParserError as exc:
        raise CallerError(
            action,
            code=type(exc).__name__,
            fix="What answered is not AWS, but the page of a proxy for example: check the network, "
            "HTTPS_PROXY and AWS_ENDPOINT_URL.",
        ) from None


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
    if code == "ProfileNotFound":
        return "There is no such profile: `aws configure list-profiles` lists the existing ones."
    if code == "NoRegionError":
        return "Name the region with --region or AWS_REGION."
    if _is_unavailable(exc):
        return "Try again; if it stays, check the network and AWS_ENDPOINT_URL."
    return "The API reference of that service explains the code."


def _is_unavailable(exc: ClientError | BotoCoreError) -> bool:
    if isinstance(exc, ClientError):
        status = exc.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        return is_transient(_code(exc), status)
    return _is_unreachable(exc)


def _is_unreachable(exc: ClientError | BotoCoreError) -> bool:
    return isinstance(exc, (HTTPClientError, NoConnection))
