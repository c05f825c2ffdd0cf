"""Do the function's metrics arrive? CloudWatch takes them out of its log lines."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from token_rotator.contract import METRIC_NAMESPACE, ROTATOR_DIMENSION, Metric
from token_rotator_cli.aws import calling
from token_rotator_cli.findings import Finding, Result
from token_rotator_cli.live_check.context import LiveCheckContext
from token_rotator_cli.live_check.errors import NotAsPromised

ARRIVED: Final = timedelta(minutes=5)
"""Younger data points may still be on their way."""

EDGES: Final = 2
"""A line at the edge of a minute may be counted in the next one, at both ends."""


def metrics(evidence: LiveCheckContext) -> Finding:
    """As many tokens as the log tells of?"""
    if evidence.aws.is_local:
        return Finding(says="a local AWS takes no metrics out of logs", result=Result.UNKNOWN)
    since, until = window(evidence)
    logged = sum(
        since <= run.ended_at < until
        for run in evidence.invocations
        if run.published and run.ended_at
    )
    if not logged:
        return Finding(says="no token is old enough; come back", result=Result.UNKNOWN)
    dimensions = {ROTATOR_DIMENSION: evidence.deployed.settings.rotator}
    counted = total(evidence, METRIC_NAMESPACE, Metric.TOKEN_PUBLISHED, dimensions)
    told = f"{Metric.TOKEN_PUBLISHED} counts {counted:.0f} tokens, the log tells of {logged}"
    if abs(counted - logged) > EDGES:
        raise NotAsPromised(f"{told}. Alarms look at metrics: TokenNotRefreshed cannot be trusted.")
    return Finding(says=told, facts={"counted": counted, "logged": logged})


def window(evidence: LiveCheckContext) -> tuple[datetime, datetime]:
    """Whole minutes that the log covers and that have arrived in CloudWatch."""
    since = evidence.invocations[0].started_at.replace(second=0, microsecond=0)
    until = (evidence.clock.now() - ARRIVED).replace(second=0, microsecond=0)
    return since, max(until, since)


def total(
    evidence: LiveCheckContext, namespace: str, name: str, dimensions: Mapping[str, str]
) -> float:
    """The sum of a metric over the window. Raises CallerError."""
    since, until = window(evidence)
    if since == until:
        return 0.0
    return summed(evidence, namespace, name, dimensions, since=since, until=until)


def summed(
    evidence: LiveCheckContext,
    namespace: str,
    name: str,
    dimensions: Mapping[str, str],
    *,
    since: datetime,
    until: datetime,
) -> float:
    """GetMetricStatistics answers up to 1,440 data points: a day of minutes."""
    with calling("cloudwatch:GetMetricStatistics"):
        answer = evidence.aws.cloudwatch.get_metric_statistics(
            Namespace=namespace,
            MetricName=name,
            Dimensions=[{"Name": key, "Value": value} for key, value in dimensions.items()],
            StartTime=since,
            EndTime=until,
            Period=60,
            Statistics=["Sum"],
        )
    return sum(point["Sum"] for point in answer["Datapoints"])
