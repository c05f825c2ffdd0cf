"""The part of CloudWatch that the live check uses, in memory: alarms with history, and sums."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError

EVALUATED_AFTER = timedelta(seconds=40)
"""CloudWatch's next evaluation replaces the state that SetAlarmState set, within a minute."""

MOST_DATAPOINTS = 1440
"""GetMetricStatistics refuses requests for more data points."""

TOPIC = "arn:aws:sns:eu-west-1:111122223333:tokens-alarms"


@dataclass
class FakeCloudWatch:
    """Executes an alarm's actions when its state changes, and records them in the history."""

    now: Callable[[], datetime]
    alarms: dict[str, dict[str, Any]] = field(default_factory=dict)
    sums: dict[tuple[str, str], float] = field(default_factory=dict)
    """Sums of the metrics with one dimension, by namespace and name."""
    topic_refuses: str | None = None
    evaluates: bool = True
    notifications: list[tuple[str, str]] = field(default_factory=list)
    """The notifications that the topic accepted: alarm and state."""
    _history: list[dict[str, Any]] = field(default_factory=list)
    _set_at: dict[str, datetime] = field(default_factory=dict)

    def add(self, name: str, **differently: Any) -> None:
        self.alarms[name] = {
            "AlarmName": name,
            "ActionsEnabled": True,
            "AlarmActions": [TOPIC],
            "OKActions": [TOPIC],
            "StateValue": "OK",
            "AlarmConfigurationUpdatedTimestamp": self.now() - timedelta(days=1),
            **differently,
        }

    def time_passed(self) -> None:
        for name, at in list(self._set_at.items()):
            if self.evaluates and self.now() >= at + EVALUATED_AFTER:
                del self._set_at[name]
                self._change(name, "OK")

    # What the client's users call

    def get_paginator(self, operation: str) -> "Pages":
        return Pages(getattr(self, operation))

    def describe_alarms(
        self,
        *,
        AlarmNames: Sequence[str] | None = None,
        AlarmNamePrefix: str = "",
        AlarmTypes: Sequence[str] = ("MetricAlarm",),
    ) -> dict[str, Any]:
        assert list(AlarmTypes) == ["MetricAlarm"]
        found = [
            alarm
            for name, alarm in self.alarms.items()
            if (name in AlarmNames if AlarmNames is not None else name.startswith(AlarmNamePrefix))
        ]
        return {"MetricAlarms": [dict(alarm) for alarm in found]}

    def set_alarm_state(self, *, AlarmName: str, StateValue: str, StateReason: str) -> None:
        if AlarmName not in self.alarms:
            raise ClientError({"Error": {"Code": "ResourceNotFound"}}, "SetAlarmState")
        assert StateValue in ("OK", "ALARM", "INSUFFICIENT_DATA")
        assert 0 < len(StateReason) <= 1023
        if StateValue == "ALARM":
            self._set_at[AlarmName] = self.now()
        self._change(AlarmName, StateValue)

    def describe_alarm_history(
        self, *, AlarmName: str, HistoryItemType: str, StartDate: datetime, EndDate: datetime
    ) -> dict[str, Any]:
        items = [
            item
            for item in reversed(self._history)
            if (item["AlarmName"], item["HistoryItemType"]) == (AlarmName, HistoryItemType)
            and StartDate <= item["Timestamp"] <= EndDate
        ]
        return {"AlarmHistoryItems": items}

    def get_metric_statistics(
        self,
        *,
        Namespace: str,
        MetricName: str,
        Dimensions: Sequence[Mapping[str, str]],
        StartTime: datetime,
        EndTime: datetime,
        Period: int,
        Statistics: Sequence[str],
    ) -> dict[str, Any]:
        assert len(Dimensions) == 1, "a sum without dimensions is another metric"
        assert Period % 60 == 0
        assert list(Statistics) == ["Sum"]
        assert StartTime < EndTime
        assert (EndTime - StartTime).total_seconds() / Period <= MOST_DATAPOINTS
        found = self.sums.get((Namespace, MetricName))
        return {"Datapoints": [] if found is None else [{"Sum": found}]}

    def _change(self, name: str, state: str) -> None:
        alarm = self.alarms[name]
        was, alarm["StateValue"] = alarm["StateValue"], state
        if was == state:
            return
        self._note(name, "StateUpdate", f"Alarm updated from {was} to {state}")
        for topic in alarm["AlarmActions" if state == "ALARM" else "OKActions"]:
            if self.topic_refuses:
                text = f"Failed to execute action {topic}. Reason: {self.topic_refuses}"
            else:
                text = f"Successfully executed action {topic}"
                self.notifications.append((name, state))
            self._note(name, "Action", text)

    def _note(self, name: str, kind: str, summary: str) -> None:
        self._history.append(
            {
                "AlarmName": name,
                "HistoryItemType": kind,
                "HistorySummary": summary,
                "Timestamp": self.now(),
            }
        )


@dataclass(frozen=True)
class Pages:
    """A paginator whose answer fits on one page, after an empty one."""

    call: Callable[..., dict[str, Any]]

    def paginate(self, **asked: Any) -> Iterator[dict[str, Any]]:
        answer = self.call(**asked)
        yield {key: [] if isinstance(value, list) else value for key, value in answer.items()}
        yield answer
