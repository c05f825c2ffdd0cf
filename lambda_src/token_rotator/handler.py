"""The Lambda handler."""

import contextlib
import functools
import os
from collections.abc import Mapping
from datetime import timedelta
from typing import Protocol

from token_rotator.contract import EventField, Trigger, Variable
from token_rotator.errors import ConfigurationError, RotationError, Unexpected, without_history
from token_rotator.report import Report
from token_rotator.telemetry import Telemetry
from token_rotator.timing import REPORT_RESERVE
from token_rotator.wiring import Application, build, utc_now


class LambdaContext(Protocol):
    """The attributes of the handler's second argument that are used.

    https://docs.aws.amazon.com/lambda/latest/dg/python-context.html
    """

    aws_request_id: str

    def get_remaining_time_in_millis(self) -> int: ...


@functools.cache
def application() -> Application:
    """The application, built once per execution environment."""
    return build(os.environ)


if "AWS_LAMBDA_RUNTIME_API" in os.environ:
    # builds the application during Lambda's init phase; if that fails, the first invocation reports
    # the error
    with contextlib.suppress(Exception):
        application()


def handle(event: object, context: LambdaContext) -> dict[str, object]:
    """Runs one rotation. Raises its error, so that AWS/Lambda Errors counts it."""
    fields = event if isinstance(event, Mapping) else {}
    try:
        app = application()
    except Exception as error:  # noqa: BLE001 - converted to a RotationError below
        failure = _as_rotation_error(error)
    else:
        return invoke(
            app,
            fields,
            remaining=timedelta(milliseconds=context.get_remaining_time_in_millis()),
            request_id=context.aws_request_id,
        )
    report = Report(now=utc_now, trigger=_trigger(fields), request_id=context.aws_request_id)
    Telemetry(rotator=os.environ.get(Variable.ROTATOR, "")).failed(report, failure)
    raise without_history(failure)


def invoke(
    app: Application,
    event: Mapping[str, object],
    *,
    remaining: timedelta,
    request_id: str | None = None,
) -> dict[str, object]:
    """Runs one rotation and returns its report (contract.ReportField).

    ``remaining`` is the time until Lambda's timeout.
    """
    report = Report(now=app.now, trigger=_trigger(event), request_id=request_id)
    try:
        if report.trigger == Trigger.PARAMETER_CHANGED:
            app.rotation.parameter_changed(report)
        else:
            app.rotation.run(
                report,
                deadline=app.now() + remaining - REPORT_RESERVE,
                min_remaining=_min_remaining(event),
            )
    except Exception as error:  # noqa: BLE001 - converted to a RotationError below
        failure = _as_rotation_error(error)
    else:
        app.telemetry.succeeded(report)
        return app.telemetry.to_dict(report)
    app.telemetry.failed(report, failure)
    # raised outside the except block, so that the original error is not its context: Lambda and
    # error trackers show contexts, which may contain secrets
    raise without_history(failure)


def _as_rotation_error(error: Exception) -> RotationError:
    return error if isinstance(error, RotationError) else Unexpected(error)


def _trigger(event: Mapping[str, object]) -> str:
    return str(event.get(EventField.TRIGGER, Trigger.MANUAL))


def _min_remaining(event: Mapping[str, object]) -> timedelta | None:
    seconds = event.get(EventField.MIN_REMAINING_SECONDS)
    if seconds is None:
        return None
    if isinstance(seconds, bool) or not isinstance(seconds, (int, float)):
        raise ConfigurationError(
            f"{EventField.MIN_REMAINING_SECONDS} in the function's event must be a number."
        )
    return timedelta(seconds=seconds)
