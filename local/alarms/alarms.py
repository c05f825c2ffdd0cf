"""The deployed alarms as they would ring now."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any, Final

from local.alarms.evaluation import PERIOD_SECONDS, Alarm, alarm_definitions, meaning
from local.alarms.log_metrics import LogMetrics

HEALTHY_MINUTES: Final = 60
"""A new stack's alarms wait for the first key. These alarms are those of a stack that has worked
for an hour before, so that they can be seen at once.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ringing:
    """A time in which an alarm is in ALARM."""

    begins: datetime
    ends: datetime | None
    """None: it rings now."""


class Alarms:
    """The alarms of one rotator."""

    def __init__(
        self, template: Mapping[str, Any], *, metrics: LogMetrics, deployed_at: datetime
    ) -> None:
        """``template`` is the CloudFormation template that defines the alarms."""
        definitions = alarm_definitions(template)
        self.meanings: Final = {name: meaning(one) for name, one in definitions.items()}
        self._metrics = metrics
        self._begins = int(deployed_at.timestamp() // PERIOD_SECONDS) - HEALTHY_MINUTES
        """The minute at which the evaluation begins, since 1970."""
        self._alarms = {name: Alarm.rendered(one) for name, one in definitions.items()}
        self._samples: dict[tuple[str, str], list[tuple[float, float]]] = {
            alarm.metric: [(minute * PERIOD_SECONDS, 1.0) for minute in range(HEALTHY_MINUTES + 1)]
            for alarm in self._alarms.values()
            if alarm.missing_breaches
        }
        self._evaluated: tuple[int, int] = (0, 0)
        self._ringing: Mapping[str, tuple[Ringing, ...]] = {}

    def ringing(self, now: datetime) -> Mapping[str, tuple[Ringing, ...]]:
        """The times in which each alarm rang since the deployment, oldest first."""
        for metric, at, value in self._metrics.new_samples(now):
            second = at - self._begins * PERIOD_SECONDS
            self._samples.setdefault(metric, []).append((second, value))
        minute = int(now.timestamp() // PERIOD_SECONDS) - self._begins
        news = (minute, sum(map(len, self._samples.values())))
        # asked for every second; after a day of running, an evaluation takes half a second
        if news != self._evaluated:
            self._evaluated = news
            self._ringing = {
                name: tuple(self._times(alarm.alarm_minutes(self._samples, until=minute), minute))
                for name, alarm in self._alarms.items()
            }
        return self._ringing

    def _times(self, minutes: list[int], now: int) -> list[Ringing]:
        runs = groupby(enumerate(minutes), key=lambda numbered: numbered[1] - numbered[0])
        times = []
        for _, run in runs:
            first, *_, last = [minute for _, minute in run] * 2
            ends = None if last == now else self._moment(last + 1)
            times.append(Ringing(begins=self._moment(first), ends=ends))
        return times

    def _moment(self, minute: int) -> datetime:
        since = timedelta(seconds=(self._begins + minute) * PERIOD_SECONDS)
        return datetime.fromtimestamp(0, UTC) + since
