"""The metrics that CloudWatch would have of a function, from the function's log.

The local AWS has none of them. Lambda's metrics are derived from its REPORT lines, the rotator's
from the lines of the embedded metric format.
"""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from token_rotator.contract import Outcome, ReportField
from token_rotator_cli.deployment.rotation_log import LogEvent, RotationLog, json_object

INVOCATIONS: Final = ("AWS/Lambda", "Invocations")
ERRORS: Final = ("AWS/Lambda", "Errors")
"""Lambda dates both by the start of the invocation:
https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
"""

_REPORT: Final = re.compile(r"REPORT RequestId: (\S+)\tDuration: ([\d.]+) ms")
"""https://docs.aws.amazon.com/lambda/latest/dg/python-logging.html"""


class Sample(NamedTuple):
    """A value of a metric, whose identity is its namespace and name."""

    metric: tuple[str, str]
    at: float
    """Seconds since 1970."""
    value: float


class LogMetrics:
    """The metrics of one function."""

    def __init__(self, log: RotationLog) -> None:
        """``log`` must be read by nobody else, because each of its events is returned once."""
        self._log = log
        self._succeeded: set[str] = set()

    def new_samples(self) -> Iterator[Sample]:
        """The samples that no earlier call returned."""
        for event in self._log.new_events():
            line = json_object(event.message)
            if line.get(ReportField.OUTCOME, Outcome.FAILED) != Outcome.FAILED:
                self._succeeded.add(line[ReportField.REQUEST_ID])
            yield from _embedded(line)
            if report := _REPORT.match(event.message):
                yield from self._invocation(event, report)

    def _invocation(self, event: LogEvent, report: re.Match[str]) -> Iterator[Sample]:
        started = event.at.timestamp() - float(report[2]) / 1000
        yield Sample(INVOCATIONS, started, 1)
        yield Sample(ERRORS, started, report[1] not in self._succeeded)
        self._succeeded.discard(report[1])


def _embedded(line: dict[str, object]) -> Iterator[Sample]:
    """The samples in a line of the embedded metric format.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
    """
    match line:
        case {"_aws": {"Timestamp": int(at), "CloudWatchMetrics": [*directives]}}:
            for directive in directives:
                for metric in directive["Metrics"]:
                    name = metric["Name"]
                    value = float(str(line[name]))
                    yield Sample((directive["Namespace"], name), at / 1000, value)
