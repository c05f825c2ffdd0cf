"""The step that compares the function's metrics with its log."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from token_rotator.contract import METRIC_NAMESPACE, ROTATOR_DIMENSION, Metric
from token_rotator_cli.aws.calls import calling
from token_rotator_cli.errors import CheckFailed
from token_rotator_cli.live_check.context import LiveCheckContext
from token_rotator_cli.live_check.invocations import publications
from token_rotator_cli.steps import Finding, Result

ARRIVAL_DELAY: Final = timedelta(minutes=5)
"""Newer data points may not have arrived."""

TOLERANCE: Final = 2
"""Lines at both ends of the window may be counted in the next minute."""


def metrics(context: LiveCheckContext) -> Finding:
    """CloudWatch counts as many published tokens as the log contains."""
    if context.aws.is_local:
        return Finding(message="a local AWS creates no metrics from logs", result=Result.UNKNOWN)
    since, until = window(context)
    logged = sum(since <= one.at < until for one in publications(context.invocations))
    if not logged:
        return Finding(message="no token is old enough; try again later", result=Result.UNKNOWN)
    dimensions = {ROTATOR_DIMENSION: context.deployed.settings.rotator}
    counted = window_sum(context, METRIC_NAMESPACE, Metric.TOKEN_PUBLISHED, dimensions)
    message = f"{Metric.TOKEN_PUBLISHED} counts {counted:.0f} tokens, the log holds {logged}"
    if abs(counted - logged) > TOLERANCE:
        raise CheckFailed(f"{message}. Alarms use metrics, so TokenNotRefreshed is not reliable.")
    return Finding(message=message, facts={"counted": counted, "logged": logged})


def window(context: LiveCheckContext) -> tuple[datetime, datetime]:
    """Whole minutes that the log covers and whose data points have arrived."""
    since = context.invocations[0].started_at.replace(second=0, microsecond=0)
    until = (context.clock.now() - ARRIVAL_DELAY).replace(second=0, microsecond=0)
    return since, max(until, since)


def window_sum(
    context: LiveCheckContext, namespace: str, name: str, dimensions: Mapping[str, str]
) -> float:
    """The sum of a metric over the window. Raises CallerError."""
    since, until = window(context)
    if since == until:
        return 0.0
    return metric_sum(context, namespace, name, dimensions, since=since, until=until)


def metric_sum(
    context: LiveCheckContext,
    namespace: str,
    name: str,
    dimensions: Mapping[str, str],
    *,
    since: datetime,
    until: datetime,
) -> float:
    """The sum of a metric. GetMetricStatistics returns up to 1,440 data points: a day of minutes.

    Raises CallerError.
    """
    with calling("cloudwatch:GetMetricStatistics"):
        response = context.aws.cloudwatch.get_metric_statistics(
            Namespace=namespace,
            MetricName=name,
            Dimensions=[{"Name": key, "Value": value} for key, value in dimensions.items()],
            StartTime=since,
            EndTime=until,
            Period=60,
            Statistics=["Sum"],
        )
    return sum(point["Sum"] for point in response["Datapoints"])
