"""A log and a consumer, for tests of what watches the rotator."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any

from local.idp.service_account import fingerprint
from local.observation.consumer import Published, Use
from tests.support.live_cloudwatch import Pages
from token_rotator.contract import METRIC_NAMESPACE, Metric

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
TOKEN = "a-very-secret-access-token"


class Consumers:
    """A consumer with given results. The last one repeats."""

    def __init__(self, *uses: Use) -> None:
        self._uses = list(uses)

    def use(self) -> Use:
        return self._uses.pop(0) if len(self._uses) > 1 else self._uses[0]


class Logs:
    """CloudWatch Logs with one group. It returns all events from ``startTime`` on."""

    def __init__(self) -> None:
        self.lines: list[tuple[datetime, str, str]] = []

    def log(self, at: datetime, stream: str = "a", **line: object) -> None:
        self.lines.append((at, stream, json.dumps(line)))

    def get_paginator(self, operation: str) -> Pages:
        assert operation == "filter_log_events"
        return Pages(self._filter)

    def _filter(self, *, startTime: int = 0, **_: object) -> dict[str, Any]:  # noqa: N803
        return {
            "events": [
                {"timestamp": milliseconds, "logStreamName": stream, "message": message}
                for at, stream, message in self.lines
                if (milliseconds := int(at.timestamp() * 1000)) >= startTime
            ]
        }


class FunctionLog(Logs):
    """The log of a function that the local AWS runs."""

    def invoked(
        self,
        at: datetime,
        outcome: str | None,
        *,
        seconds: float = 0.0,
        told: Mapping[str, str] = MappingProxyType({}),
        metrics: Mapping[str, float] = MappingProxyType({}),
    ) -> None:
        """An invocation that ended then. ``outcome`` None: it has logged no rotation."""
        request = f"request-{len(self.lines)}"
        self.lines.append((at, "a", f"START RequestId: {request} Version: $LATEST"))
        if outcome:
            self.log(at, outcome=outcome, function_request_id=request, **told)
        if metrics:
            directive = {
                "Namespace": METRIC_NAMESPACE,
                "Dimensions": [["Rotator"]],
                "Metrics": [{"Name": name, "Unit": "Count"} for name in metrics],
            }
            embedded = {"Timestamp": int(at.timestamp() * 1000), "CloudWatchMetrics": [directive]}
            self.lines.append((at, "a", json.dumps({"_aws": embedded, **metrics})))
        report = f"REPORT RequestId: {request}\tDuration: {seconds * 1000:.0f} ms\tBilled Duration:"
        self.lines.append((at, "a", report))

    def published(self, at: datetime, **metrics: float) -> None:
        self.invoked(at, "published", metrics={Metric.TOKEN_PUBLISHED: 1, **metrics})

    def failed(self, at: datetime, **told: str) -> None:
        self.invoked(at, "failed", told=told)


def published(version: int = 1, *, seconds_left: int = 300) -> Published:
    return Published(
        version=version,
        token_fingerprint=fingerprint(TOKEN),
        issued_at=NOW + timedelta(seconds=seconds_left - 300),
        expires_at=NOW + timedelta(seconds=seconds_left),
    )


def worked(**changes: int) -> Use:
    return Use(published=published(**changes), status=200)
