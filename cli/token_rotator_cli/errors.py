"""What can stop a command, besides what can stop a rotation (token_rotator.errors)?

CommandFailed
├── CallerError     AWS did not do what the caller asked for
├── RotationFailed  the function answered with an error, which is quoted
└── NotPublished    the stored key has not led to a token
"""

from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as NoConnection

from token_rotator.aws.service import is_transient

_DENIED = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"})
_LOGGED_OUT = frozenset(
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


class CommandFailed(Exception):
    """The command did not do what it is for; the text says why, and what to do."""


class CallerError(CommandFailed):
    """AWS did not do what the caller asked for; the text says what the caller can do about it."""

    def __init__(self, action: str, exc: ClientError | BotoCoreError) -> None:
        self.code = _code(exc)
        super().__init__(f"{action} failed ({self.code}). {_cure(action, self.code, exc)}")


class RotationFailed(CommandFailed):
    """The function answered with an error, which is quoted."""


class NotPublished(CommandFailed):
    """The stored key has not led to a token."""


def _cure(action: str, code: str, exc: ClientError | BotoCoreError) -> str:
    if code in _DENIED:
        return f"Your credentials do not allow it: ask for {action}, or use another --profile."
    if code in _LOGGED_OUT:
        return "There are no valid AWS credentials: log in, or name a profile with --profile."
    if code == "ProfileNotFound":
        return "There is no such profile: `aws configure list-profiles` shows those there are."
    if code == "NoRegionError":
        return "Name the region with --region or AWS_REGION."
    if _is_unavailable(exc):
        return "Try again; if it stays, look at the network and at AWS_ENDPOINT_URL."
    return "See the code's meaning in the API reference of that service."


def _code(exc: ClientError | BotoCoreError) -> str:
    """The error code AWS gave, or the kind of exception where it gave no answer."""
    if isinstance(exc, ClientError):
        return str(exc.response.get("Error", {}).get("Code", "Unknown"))
    return type(exc).__name__


def _is_unavailable(exc: ClientError | BotoCoreError) -> bool:
    if isinstance(exc, ClientError):
        status = exc.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        return is_transient(_code(exc), status)
    return isinstance(exc, (HTTPClientError, NoConnection))
