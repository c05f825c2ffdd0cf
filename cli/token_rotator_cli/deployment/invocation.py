"""Invokes one rotation and gets its report."""

import base64
import contextlib
from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from token_rotator import errors
from token_rotator.contract import FUNCTION_TIMEOUT_SECONDS, RESTORE, Outcome, Trigger
from token_rotator.errors import RotationError
from token_rotator_cli.aws.calls import calling
from token_rotator_cli.aws.clients import Aws
from token_rotator_cli.clock import Clock
from token_rotator_cli.deployment.concurrency import reserved_for, unthrottle_command
from token_rotator_cli.deployment.find import Deployed
from token_rotator_cli.deployment.rotation_log import (
    LoggedRotation,
    RotationLog,
    json_object,
)
from token_rotator_cli.errors import CallerError, NotInvoked, RotationFailed

if TYPE_CHECKING:
    from mypy_boto3_lambda.type_defs import InvocationResponseTypeDef

BUSY_TIMEOUT: Final = timedelta(seconds=FUNCTION_TIMEOUT_SECONDS + 5)
"""How long to retry while another rotation is running."""
RETRY_INTERVAL: Final = timedelta(seconds=2)

THROTTLED: Final = "TooManyRequestsException"


def invoke(aws: Aws, clock: Clock, deployed: Deployed) -> LoggedRotation:
    """Invokes a rotation and returns its report, also if it failed. Raises NotInvoked, CallerError.

    A failed invocation returns only its error. The report is then in the log tail that Lambda
    returns, or in the log group: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
    """
    answer = _try_invoke(aws, deployed.function_arn) or _retry_invoke(
        aws, clock, deployed.function_arn
    )
    log = RotationLog(aws.logs, log_group=deployed.log_group, now=clock.now)
    fields = json_object(answer["Payload"].read().decode())
    if "FunctionError" in answer:
        return _failed_rotation(fields, answer, log, clock)
    if rotation := LoggedRotation.from_report(fields, clock.now()):
        return rotation
    raise RotationFailed(
        "The function's response is not a rotation's report: it was deployed by a different "
        "release, or it is another function."
    )


def _try_invoke(aws: Aws, function: str) -> "InvocationResponseTypeDef | None":
    """Invokes the function. None: Lambda throttled it."""
    try:
        with calling("lambda:InvokeFunction"):
            return aws.functions.invoke(FunctionName=function, Payload=b"{}", LogType="Tail")
    except CallerError as error:
        if error.code != THROTTLED:
            raise
        return None


def _retry_invoke(aws: Aws, clock: Clock, function: str) -> "InvocationResponseTypeDef":
    """Retries while the function is busy, unless it is throttled to 0. Raises NotInvoked."""
    with contextlib.suppress(CallerError):  # the caller may have no permission
        if reserved_for(aws, function) == 0:
            raise NotInvoked(
                f"Lambda does not run the function ({THROTTLED}): its reserved concurrency is 0. "
                f"The console's Throttle button sets this: {unthrottle_command(function)}, or "
                f"{RESTORE}."
            )
    answer = clock.wait_for(
        lambda: _try_invoke(aws, function), until=clock.now() + BUSY_TIMEOUT, every=RETRY_INTERVAL
    )
    if answer is None:
        raise NotInvoked(
            f"Lambda did not run the function for {BUSY_TIMEOUT.seconds} s ({THROTTLED}): other "
            "rotations are running (one at a time), or the account has no concurrency left. "
            "`token-rotator check` shows the concurrency."
        )
    return answer


def _failed_rotation(
    payload: Mapping[str, Any], answer: "InvocationResponseTypeDef", log: RotationLog, clock: Clock
) -> LoggedRotation:
    tail = base64.b64decode(answer.get("LogResult", "")).decode(errors="replace")
    for line in reversed(tail.splitlines()):
        if rotation := LoggedRotation.from_log_line(line, clock.now()):
            return rotation
    request_id = answer.get("ResponseMetadata", {}).get("RequestId", "")
    try:
        logged = log.of_request(request_id) if request_id else None
    except CallerError:
        logged = None  # the caller may have no permission to read the log
    error, message = _safe_error(payload)
    return logged or LoggedRotation(
        at=clock.now(),
        trigger=Trigger.MANUAL,
        outcome=Outcome.FAILED,
        error=error,
        error_message=message,
    )


def _safe_error(payload: Mapping[str, Any]) -> tuple[str, str]:
    """Quotes only this project's and Lambda's own errors: others may contain secrets."""
    kind = str(payload.get("errorType", ""))
    named = getattr(errors, kind, None)
    is_known = isinstance(named, type) and issubclass(named, RotationError)
    if is_known or kind.startswith(("Runtime.", "Sandbox.")):
        return kind, str(payload.get("errorMessage"))
    message = f"The function failed ({kind or 'no reason given'}). See its log."
    return RotationFailed.__name__, message
