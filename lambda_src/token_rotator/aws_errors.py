"""Was that AWS being unavailable, or AWS saying no?"""

from collections.abc import Mapping
from typing import Final, TypeVar

from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as NoConnection

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

T = TypeVar("T", bound=Mapping[str, object])


class AnswerIncomplete(BotoCoreError):
    """AWS answered with success, but not with what the call promises."""

    fmt = "The answer lacks {field}."


def whole(answer: T, *, promised: str) -> T:
    """The answer, if the promised field is in it. Raises AnswerIncomplete.

    botocore takes JSON that was cut off for an answer without fields.
    """
    if promised not in answer:
        raise AnswerIncomplete(field=promised)
    return answer


def code(exc: ClientError | BotoCoreError) -> str:
    """The error code AWS gave, or the kind of exception where it gave no answer."""
    if isinstance(exc, ClientError):
        return str(exc.response.get("Error", {}).get("Code", "Unknown"))
    return type(exc).__name__


def is_unavailable(exc: ClientError | BotoCoreError) -> bool:
    """Throttled, broken or unreachable: the same call may work a moment later."""
    if isinstance(exc, ClientError):
        status = exc.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        return code(exc) in TRANSIENT_CODES or status >= _SERVER_ERROR
    return isinstance(exc, (AnswerIncomplete, HTTPClientError, NoConnection))
