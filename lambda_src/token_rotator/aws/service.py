"""The protocol for calls to an AWS service, with two kinds of failure."""

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
"""Error codes that are worth a retry, whatever the status.

AWS SDKs and Tools Reference Guide, "Retry behavior", and the services' own lists.
"""

_SERVER_ERROR: Final = 500
_TOO_MANY_REQUESTS: Final = 429


class AwsService(Protocol):
    """An AWS service."""

    def call(
        self,
        operation: str,
        parameters: Mapping[str, object],
        *,
        required_member: str | None = None,
    ) -> Mapping[str, Any]:
        """Returns the response's members, including the required one; times are aware datetimes.

        Raises AwsRefused, AwsUnavailable, and ConfigurationError if no request can be created.
        """


class AwsError(Exception):
    """A call to AWS failed. The message contains only the error code."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
        """The AWS error code, or the kind of failure if there is none."""


class AwsRefused(AwsError):
    """AWS refused the call. A retry does not help."""


class AwsUnavailable(AwsError):
    """AWS throttled the call, failed or was unreachable. A retry may help."""


def is_transient(code: str, status: int) -> bool:
    """Whether a retry may help after this error code and HTTP status."""
    return code in TRANSIENT_CODES or status >= _SERVER_ERROR or status == _TOO_MANY_REQUESTS
