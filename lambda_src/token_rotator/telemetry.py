"""What do operators see? One log line and at most one metrics line for each rotation."""

from datetime import timedelta

from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.metrics.provider.cloudwatch_emf.cloudwatch import (
    AmazonCloudWatchEMFProvider,
)

from token_rotator.contract import (
    KEY_DAYS_LEFT_REPORTED_BELOW,
    MARGIN_REPORTED_BELOW_SECONDS,
    METRIC_NAMESPACE,
    ROTATOR_DIMENSION,
    Metric,
)
from token_rotator.errors import RotationError
from token_rotator.report import Outcome, Report


class Telemetry:
    """Turns reports into log lines (JSON) and metrics (CloudWatch embedded metric format)."""

    def __init__(self, *, rotator: str, logger: Logger) -> None:
        self._rotator = rotator
        self._logger = logger

    def ended(self, report: Report) -> None:
        """A rotation ended well."""
        line = self._line(report)
        if report.warnings:
            self._logger.warning("rotation", extra=line)
        else:
            self._logger.info("rotation", extra=line)
        self._emit(report)

    def failed(self, report: Report, error: RotationError) -> None:
        """A rotation failed; AWS/Lambda Errors counts it, so no metric of ours does."""
        self._logger.error(
            "rotation",
            extra=self._line(report)
            | {
                "error": type(error).__name__,
                "error_message": str(error),
                "retry_helps": error.retry_helps,
            },
        )

    def _line(self, report: Report) -> dict[str, object]:
        return {
            "rotator": self._rotator,
            "trigger": report.trigger,
            "function_request_id": report.request_id,
            "outcome": report.outcome,
            "life_left_before_seconds": _seconds(report.life_left_before),
            "token_requests": report.token_requests,
            "margin_seconds": _seconds(report.margin),
            "secret_version": report.secret_version,
            "key_days_left": report.key_days_left,
            "previous_key_used": report.previous_key_used,
            "parameter_version": report.parameter_version,
            "expires_at": report.expires_at.isoformat() if report.expires_at else None,
            "token_fingerprint": report.token_fingerprint,
            "warnings": report.warnings,
            "durations_ms": {
                step: round(took / timedelta(milliseconds=1))
                for step, took in report.durations.items()
            },
        }

    def _emit(self, report: Report) -> None:
        if report.outcome is not Outcome.PUBLISHED:
            return
        metrics = AmazonCloudWatchEMFProvider(namespace=METRIC_NAMESPACE)
        metrics.add_dimension(ROTATOR_DIMENSION, self._rotator)
        metrics.add_metric(Metric.TOKEN_PUBLISHED, MetricUnit.Count, 1)
        margin = _seconds(report.margin)
        if margin is not None and margin < MARGIN_REPORTED_BELOW_SECONDS:
            metrics.add_metric(Metric.EXPIRY_MARGIN_SECONDS, MetricUnit.Seconds, margin)
        if report.previous_key_used:
            metrics.add_metric(Metric.PREVIOUS_KEY_USED, MetricUnit.Count, 1)
        days = report.key_days_left
        if days is not None and days < KEY_DAYS_LEFT_REPORTED_BELOW:
            metrics.add_metric(Metric.KEY_DAYS_LEFT, MetricUnit.Count, days)
        metrics.flush_metrics()


def _seconds(duration: timedelta | None) -> float | None:
    return None if duration is None else duration.total_seconds()
