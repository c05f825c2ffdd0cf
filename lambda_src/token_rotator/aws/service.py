"""What is AWS to the function? Operations that are called by name, and fail in one of two ways."""

from collections.abc import Mapping
from typing import Any, Final, Protocol

TRANSIENT_CODES: Final = frozenset(
    {
        "InternalFailure",
        "InternalServerError",
        "InternalServiceError",
        "InternalServiceErrorException",
        "KMSInternalException",
        "PriorRequestNotComplete",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "RequestTimeout",
        "RequestTimeoutException",
        "ServiceUnavailable",
        "SlowDown",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
        "TransactionInProgressException",
    }
)
"""AWS SDKs and Tools Reference Guide, "Retry behavior", and the services' own lists."""

_SERVER_ERROR: Final = 500
_TOO_MANY_REQUESTS: Final = 429


class AwsService(Protocol):
    """One of AWS's services."""

    def call(
        self,
        operation: str,
        parameters: Mapping[str, object],
        *,
        required_member: str | None = None,
    ) -> Mapping[str, Any]:
        """The answer's members, the required one among them; times are aware datetimes.

        Raises AwsRefused, AwsUnavailable; ConfigurationError if no request can be made.
        """


class AwsError(Exception):
    """AWS did not do what it was asked for. The text is the code, and nothing of any answer."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
        """AWS's word for it, or the kind of failure where it said none."""


class AwsRefused(AwsError):
    """AWS said no; the same call will not work a moment later."""


class AwsUnavailable(AwsError):
    """Throttled, broken, unreachable or cut off: the same call may work a moment later."""


def is_transient(code: str, status: int) -> bool:
    """Whether an answer with this code and HTTP status may be another one a moment later."""
    return code in TRANSIENT_CODES or status >= _SERVER_ERROR or status == _TOO_MANY_REQUESTS
