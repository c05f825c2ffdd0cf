"""Translates AWS errors into token errors."""

import sys
from typing import Any, Final

from token_reader.errors import TokenError
from token_reader.faults import BUSY, BY_CODE, BY_EXCEPTION, CLOCK, REFUSED, Fault

_LIBRARIES: Final = sys.stdlib_module_names | {
    "awscrt",
    "boto3",
    "botocore",
    "dateutil",
    "jmespath",
    "urllib3",
}
_SERVER_ERROR: Final = 500


def token_error(exc: BaseException) -> TokenError | None:
    """The error to raise instead, or None if the read did not cause the exception.

    A signal handler of the application may raise its own exception during a read, such as celery's
    SoftTimeLimitExceeded. That exception must reach the caller.
    """
    if application_error(exc):
        return None
    code = _code(exc)
    fault = _fault(exc, code)
    error = fault.kind(
        f"{fault.message} ({code})", retry_helps=fault.retry_helps, layer=fault.layer
    )
    error.__cause__ = _safe_cause(exc, code)
    return error


def application_error(exc: BaseException | None) -> BaseException | None:
    """The application's own exception, if it was raised during the read.

    botocore wraps every exception that is raised while it waits for a response.
    """
    if exc is None:
        return None
    exc = _unwrapped(exc)
    package = type(exc).__module__.partition(".")[0]
    known = isinstance(exc, Exception) and package in _LIBRARIES
    return None if known else exc


def _unwrapped(exc: BaseException) -> BaseException:
    """The exception that botocore wrapped, if it used the generic HTTPClientError."""
    is_generic = type(exc).__name__ == "HTTPClientError"
    return (is_generic and getattr(exc, "kwargs", {}).get("error")) or exc


def _fault(exc: BaseException, code: str) -> Fault:
    response: Any = getattr(exc, "response", None)
    if not isinstance(response, dict):
        return next(
            BY_EXCEPTION[base.__name__]
            for base in type(_unwrapped(exc)).__mro__
            if base.__name__ in BY_EXCEPTION
        )
    message = str(response.get("Error", {}).get("Message", ""))
    if "Signature expired" in message or "Signature not yet current" in message:
        return CLOCK
    operation = getattr(exc, "operation_name", "")
    fault = BY_CODE.get(f"{operation}:{code}") or BY_CODE.get(code)
    if fault is None:
        status = response.get("ResponseMetadata", {}).get("HTTPStatusCode", _SERVER_ERROR)
        fault = BUSY if status >= _SERVER_ERROR else REFUSED
    return fault


def _code(exc: BaseException) -> str:
    response: Any = getattr(exc, "response", None)
    if isinstance(response, dict):
        return str(response.get("Error", {}).get("Code", "no error code"))
    return type(exc).__name__


def _safe_cause(exc: BaseException, code: str) -> BaseException | None:
    """The cause to attach to an error, or None if its text may contain the response's body.

    Tracebacks and the request are removed: frames hold the response, and the request holds
    credentials.
    """
    kinds = {base.__name__ for base in type(exc).__mro__}
    if "BotoCoreError" not in kinds and code not in BY_CODE:
        return None
    current: BaseException | None = exc
    while current is not None:
        current.__traceback__ = None
        if getattr(current, "request", None) is not None:
            current.request = None  # type: ignore[attr-defined]
        current = current.__cause__ or current.__context__
    return exc
