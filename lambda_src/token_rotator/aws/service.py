"""An AWS service as the function sees it: operations called by name, and two kinds of failure."""

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
"""Error codes that a retry may fix, with whatever status.

AWS SDKs and Tools Reference Guide, "Retry behavior", and the services' own lists.
"""

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
    """A call of AWS failed. The text is the code and nothing else of the answer."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
        """AWS's error code, or the kind of failure if there is none."""


class AwsRefused(AwsError):
    """AWS refused the call. Repeating it does not help."""


class AwsUnavailable(AwsError):
    """AWS throttled the call, failed, was unreachable or broke off. Repeating it may help."""


def is_transient(code: str, status: int) -> bool:
    """Whether repeating a call that failed with this code and HTTP status may help."""
    return code in TRANSIENT_CODES or status >= _SERVER_ERROR or status == _TOO_MANY_REQUESTS
