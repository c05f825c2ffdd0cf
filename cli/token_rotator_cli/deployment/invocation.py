"""One rotation that the caller asks for, and its report, from wherever that can be had."""

import base64
import contextlib
from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from token_rotator import errors
from token_rotator.contract import FUNCTION_TIMEOUT_SECONDS, Outcome, Trigger
from token_rotator.errors import RotationError
from token_rotator_cli.aws.calls import calling
from token_rotator_cli.aws.clients import Aws
from token_rotator_cli.clock import Clock
from token_rotator_cli.deployment.concurrency import reserved_for, unthrottle
from token_rotator_cli.deployment.find import Deployed
from token_rotator_cli.deployment.rotation_log import (
    LoggedRotation,
    RotationLog,
    json_object,
)
from token_rotator_cli.deployment.schedules import RESTORE
from token_rotator_cli.errors import CallerError, NotInvoked, RotationFailed

if TYPE_CHECKING:
    from mypy_boto3_lambda.type_defs import InvocationResponseTypeDef

BUSY: Final = timedelta(seconds=FUNCTION_TIMEOUT_SECONDS + 5)
"""How long a function is asked again that another rotation keeps busy: no longer than one takes."""
AGAIN: Final = timedelta(seconds=2)

THROTTLED: Final = "TooManyRequestsException"


def invoke(aws: Aws, clock: Clock, deployed: Deployed) -> LoggedRotation:
    """The report of one rotation, which may have failed. Raises NotInvoked, CallerError.

    A function that fails answers with its error alone; the report is then in the end of the
    invocation's log, which Lambda sends along, or in the log group:
    https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
    """
    answer = _sent(aws, deployed.function_arn) or _sent_again(aws, clock, deployed.function_arn)
    log = RotationLog(aws.logs, log_group=deployed.log_group, now=clock.now)
    fields = json_object(answer["Payload"].read().decode())
    if "FunctionError" in answer:
        return _in_error(fields, answer, log, clock)
    if rotation := LoggedRotation.reported(fields, clock.now()):
        return rotation
    raise RotationFailed(
        "The function's answer is not the report of a rotation: another release than this "
        "command's is deployed, or another function is named."
    )


def _sent(aws: Aws, function: str) -> "InvocationResponseTypeDef | None":
    """None: Lambda throttled it."""
    try:
        with calling("lambda:InvokeFunction"):
            return aws.functions.invoke(FunctionName=function, Payload=b"{}", LogType="Tail")
    except CallerError as error:
        if error.code != THROTTLED:
            raise
        return None


def _sent_again(aws: Aws, clock: Clock, function: str) -> "InvocationResponseTypeDef":
    """Waits for a function that is busy, and not for one that is never run. Raises NotInvoked."""
    with contextlib.suppress(CallerError):  # the caller may not see it
        if reserved_for(aws, function) == 0:
            raise NotInvoked(
                f"Lambda does not run the function ({THROTTLED}): its reserved concurrency is 0. "
                f"The console's button Throttle does that: {unthrottle(function)}, or {RESTORE}."
            )
    answer = clock.wait_for(lambda: _sent(aws, function), until=clock.now() + BUSY, every=AGAIN)
    if answer is None:
        raise NotInvoked(
            f"Lambda did not run the function for {BUSY.seconds} s ({THROTTLED}): other rotations "
            "are under way, of which one runs at a time, or the account has no concurrency left. "
            "`token-rotator check` shows the concurrency."
        )
    return answer


def _in_error(
    payload: Mapping[str, Any], answer: "InvocationResponseTypeDef", log: RotationLog, clock: Clock
) -> LoggedRotation:
    tail = base64.b64decode(answer.get("LogResult", "")).decode(errors="replace")
    for line in reversed(tail.splitlines()):
        if rotation := LoggedRotation.parse(line, clock.now()):
            return rotation
    request_id = answer.get("ResponseMetadata", {}).get("RequestId", "")
    try:
        logged = log.of_request(request_id) if request_id else None
    except CallerError:
        logged = None  # the caller may invoke the function and not read its log
    error, message = _quoted(payload)
    return logged or LoggedRotation(
        at=clock.now(),
        trigger=Trigger.MANUAL,
        outcome=Outcome.FAILED,
        error=error,
        error_message=message,
    )


def _quoted(payload: Mapping[str, Any]) -> tuple[str, str]:
    """Only errors of ours and of Lambda's runtime: another's text may hold anything."""
    kind = str(payload.get("errorType", ""))
    named = getattr(errors, kind, None)
    is_ours = isinstance(named, type) and issubclass(named, RotationError)
    if is_ours or kind.startswith(("Runtime.", "Sandbox.")):
        return kind, str(payload.get("errorMessage"))
    told = f"The function failed ({kind or 'no reason given'}). Its log says more."
    return RotationFailed.__name__, told
