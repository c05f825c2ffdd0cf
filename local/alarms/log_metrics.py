"""The metrics that CloudWatch would have of a function, from the function's log.

The local AWS has none of them. Lambda's metrics are derived from its REPORT lines, the rotator's
from the lines of the embedded metric format.
"""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from local.followed_log import FollowedLog
from token_rotator.contract import Outcome, ReportField
from token_rotator_cli.deployment.rotation_log import json_object

INVOCATIONS: Final = ("AWS/Lambda", "Invocations")
ERRORS: Final = ("AWS/Lambda", "Errors")
"""Lambda dates both by the start of the invocation:
https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
"""

REPORTED_WITHIN: Final = timedelta(seconds=5)
"""An invocation without the line of a rotation after that has failed. The local AWS may put the
line into the log of the next invocation.
"""

_REPORT: Final = re.compile(r"REPORT RequestId: (\S+)\tDuration: ([\d.]+) ms")
"""https://docs.aws.amazon.com/lambda/latest/dg/python-logging.html"""


class Sample(NamedTuple):
    """A value of a metric, whose identity is its namespace and name."""

    metric: tuple[str, str]
    at: float
    """Seconds since 1970."""
    value: float


class _Invocation(NamedTuple):
    started: datetime
    ended: datetime


class LogMetrics:
    """The metrics of one function."""

    def __init__(self, log: FollowedLog) -> None:
        """``log`` must have no other reader, because it returns each event once."""
        self._log = log
        self._invocations: dict[str, _Invocation] = {}
        """By request: those that may still fail."""
        self._failed: dict[str, bool] = {}

    def new_samples(self, now: datetime) -> Iterator[Sample]:
        """The samples that no earlier call returned."""
        for event in self._log.new_events():
            line = json_object(event.message)
            if outcome := line.get(ReportField.OUTCOME):
                self._failed[line[ReportField.REQUEST_ID]] = outcome == Outcome.FAILED
            yield from _embedded(line)
            if report := _REPORT.match(event.message):
                started = event.at - timedelta(milliseconds=float(report[2]))
                self._invocations[report[1]] = _Invocation(started, event.at)
                yield Sample(INVOCATIONS, started.timestamp(), 1)
        yield from self._errors(now)

    def _errors(self, now: datetime) -> Iterator[Sample]:
        for request, (started, ended) in [*self._invocations.items()]:
            if request in self._failed or now - ended > REPORTED_WITHIN:
                del self._invocations[request]
                yield Sample(ERRORS, started.timestamp(), self._failed.pop(request, True))


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
