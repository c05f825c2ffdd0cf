"""Logs a rotation: one line for the report, and at most one line of metrics.

Both are JSON on standard output, because Lambda would wrap records of ``logging``. A library would
slow down each cold start: docs/understand/decisions/0014-a-small-and-quick-bundle.md.
"""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from token_rotator.contract import (
    KEY_DAYS_LEFT_REPORTED_BELOW,
    MARGIN_REPORTED_BELOW_SECONDS,
    METRIC_NAMESPACE,
    ROTATOR_DIMENSION,
    Metric,
    Outcome,
    ReportField,
    StepField,
)
from token_rotator.errors import RotationError
from token_rotator.report import Report
from token_rotator.steps import StepReport

_UNITS: Final[Mapping[str, str]] = {
    Metric.TOKEN_PUBLISHED: "Count",
    Metric.EXPIRY_MARGIN_SECONDS: "Seconds",
    Metric.PREVIOUS_KEY_USED: "Count",
    Metric.KEY_DAYS_LEFT: "Count",
}


class Telemetry:
    """Turns reports into log lines (JSON) and metrics (CloudWatch embedded metric format)."""

    def __init__(self, *, rotator: str) -> None:
        self._rotator = rotator

    def succeeded(self, report: Report) -> None:
        """Logs a successful rotation."""
        _print(self._line("WARNING" if report.warnings else "INFO", report))
        if report.outcome is Outcome.PUBLISHED:
            _print(self._metrics(report))

    def failed(self, report: Report, error: RotationError) -> None:
        """Logs a failed rotation. AWS/Lambda Errors counts it, so there is no custom metric."""
        error_fields = {
            ReportField.ERROR: type(error).__name__,
            ReportField.ERROR_MESSAGE: str(error),
            ReportField.RETRY_HELPS: error.retry_helps,
        }
        _print(self._line("ERROR", report) | error_fields)

    def to_dict(self, report: Report) -> dict[str, object]:
        """The report in JSON types, for the log and the function's response."""
        fields: dict[str, object] = {
            ReportField.ROTATOR: self._rotator,
            ReportField.TRIGGER: report.trigger,
            ReportField.REQUEST_ID: report.request_id,
            ReportField.OUTCOME: report.outcome,
            ReportField.LIFE_LEFT_BEFORE_SECONDS: _seconds(report.life_left_before),
            ReportField.TOKEN_REQUESTS: report.token_requests,
            ReportField.MARGIN_SECONDS: _seconds(report.margin),
            ReportField.SECRET_VERSION: report.secret_version,
            ReportField.FAILED_SECRET_VERSION: report.failed_secret_version,
            ReportField.KEY: report.key,
            ReportField.KEY_AGE_DAYS: report.key_age_days,
            ReportField.KEY_DAYS_LEFT: report.key_days_left,
            ReportField.TOKEN_ENDPOINT: report.steps.token_endpoint,
            ReportField.CLOCK_SKEW_SECONDS: _seconds(report.steps.clock_skew),
            ReportField.PREVIOUS_KEY_USED: report.previous_key_used,
            ReportField.PARAMETER_VERSION: report.parameter_version,
            ReportField.TOKEN_LIFETIME_SECONDS: _seconds(report.token_lifetime),
            ReportField.EXPIRES_AT: report.expires_at.isoformat() if report.expires_at else None,
            ReportField.TOKEN_FINGERPRINT: report.token_fingerprint,
            ReportField.WARNINGS: report.warnings,
            ReportField.STEPS: {step: _step(one) for step, one in report.steps.reached.items()},
        }
        return _without_none(fields)

    def _line(self, level: str, report: Report) -> dict[str, object]:
        return {
            # the same names as in Lambda's own log lines
            ReportField.LEVEL: level,
            ReportField.TIMESTAMP: report.now().isoformat(timespec="milliseconds"),
            ReportField.MESSAGE: "rotation",
            **self.to_dict(report),
        }

    def _metrics(self, report: Report) -> dict[str, object]:
        """The metrics in CloudWatch embedded metric format.

        https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
        """
        days = report.key_days_left
        emitted: dict[str, float] = {Metric.TOKEN_PUBLISHED: 1}
        margin = _seconds(report.margin)
        if margin is not None and margin < MARGIN_REPORTED_BELOW_SECONDS:
            emitted[Metric.EXPIRY_MARGIN_SECONDS] = margin
        if report.previous_key_used:
            emitted[Metric.PREVIOUS_KEY_USED] = 1
        if days is not None and days < KEY_DAYS_LEFT_REPORTED_BELOW:
            emitted[Metric.KEY_DAYS_LEFT] = days
        directive = {
            "Namespace": METRIC_NAMESPACE,
            "Dimensions": [[ROTATOR_DIMENSION]],
            "Metrics": [{"Name": metric, "Unit": _UNITS[metric]} for metric in emitted],
        }
        timestamp_ms = round(report.now().timestamp() * 1000)
        return {
            "_aws": {"Timestamp": timestamp_ms, "CloudWatchMetrics": [directive]},
            ROTATOR_DIMENSION: self._rotator,
            **emitted,
        }


def _print(document: Mapping[str, object]) -> None:
    """Prints one line."""
    print(json.dumps(document), flush=True)  # noqa: T201 - see the module's docstring


def _without_none(fields: Mapping[str, object]) -> dict[str, object]:
    """The fields that have a value, with plain strings as names."""
    return {str(name): value for name, value in fields.items() if value is not None}


def _step(report: StepReport) -> dict[str, object]:
    return _without_none(
        {
            StepField.RESULT: report.result,
            StepField.DURATION_MS: round(report.duration / timedelta(milliseconds=1)),
            StepField.ERROR: report.error,
        }
    )


def _seconds(duration: timedelta | None) -> float | None:
    return None if duration is None else duration.total_seconds()
