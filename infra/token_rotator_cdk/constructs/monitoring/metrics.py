"""The function's custom metrics, as CDK objects."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from aws_cdk import aws_cloudwatch as cloudwatch

from token_rotator.contract import METRIC_NAMESPACE, ROTATOR_DIMENSION, Metric

STATISTICS: Final[Mapping[str, str]] = MappingProxyType(
    {
        Metric.TOKEN_PUBLISHED: cloudwatch.Stats.SUM,
        Metric.EXPIRY_MARGIN_SECONDS: cloudwatch.Stats.MINIMUM,
        Metric.PREVIOUS_KEY_USED: cloudwatch.Stats.SUM,
        Metric.KEY_DAYS_LEFT: cloudwatch.Stats.MINIMUM,
    }
)
"""The useful statistic of each metric."""


def rotator_metric(rotator: str, metric_name: str, **options: Any) -> cloudwatch.Metric:
    """A metric of one rotator. ``options`` are those of ``aws_cloudwatch.Metric``."""
    return cloudwatch.Metric(
        namespace=METRIC_NAMESPACE,
        metric_name=metric_name,
        dimensions_map={ROTATOR_DIMENSION: rotator},
        **{"statistic": STATISTICS.get(metric_name), **options},
    )
