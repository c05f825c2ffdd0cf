"""Identities of the metrics that the function emits and that alarms watch."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple


class Identity(NamedTuple):
    """A metric's namespace, name and dimensions. If one of them differs, it is another metric."""

    namespace: str
    name: str
    dimensions: frozenset[tuple[str, Any]]


def identities(lines: Iterable[str]) -> set[Identity]:
    """The metrics in lines of the embedded metric format. Other lines are ignored.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
    """
    return {identity for line in lines for identity in _of_line(line)}


def watched(alarm: Mapping[str, Any]) -> Identity:
    """The metric that an alarm of a template watches, directly or in its expression."""
    metrics = [query["MetricStat"]["Metric"] for query in alarm.get("Metrics", [])[1:]]
    (metric,) = metrics or [alarm]
    dimensions = ((one["Name"], _hashable(one["Value"])) for one in metric["Dimensions"])
    return Identity(metric["Namespace"], metric["MetricName"], frozenset(dimensions))


def _of_line(line: str) -> Iterator[Identity]:
    try:
        document = json.loads(line)
    except ValueError:
        return
    metadata = document.get("_aws", {}) if isinstance(document, dict) else {}
    for directive in metadata.get("CloudWatchMetrics", []):
        for names in directive["Dimensions"]:
            dimensions = frozenset((name, document[name]) for name in names)
            for metric in directive["Metrics"]:
                assert metric["Name"] in document
                yield Identity(directive["Namespace"], metric["Name"], dimensions)


def _hashable(value: object) -> object:
    return value if isinstance(value, str) else json.dumps(value)
