"""The states of the deployed alarms, as CloudWatch would evaluate them."""

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
class AlarmPeriod:
    """A period in which an alarm is in ALARM."""

    begins: datetime
    ends: datetime | None
    """None: it is in ALARM now."""


class Alarms:
    """The alarms of one rotator."""

    def __init__(
        self, template: Mapping[str, Any], *, metrics: LogMetrics, deployed_at: datetime
    ) -> None:
        """``template`` is the CloudFormation template that defines the alarms."""
        definitions = alarm_definitions(template)
        self.meanings: Final = {name: meaning(one) for name, one in definitions.items()}
        self._metrics = metrics
        self._first_minute = int(deployed_at.timestamp() // PERIOD_SECONDS) - HEALTHY_MINUTES
        """The minute at which the evaluation begins, since 1970."""
        self._alarms = {name: Alarm.from_properties(one) for name, one in definitions.items()}
        self._samples: dict[tuple[str, str], list[tuple[float, float]]] = {
            alarm.metric: [(minute * PERIOD_SECONDS, 1.0) for minute in range(HEALTHY_MINUTES + 1)]
            for alarm in self._alarms.values()
            if alarm.missing_breaches
        }
        self._evaluated: tuple[int, int] = (0, 0)
        self._periods: Mapping[str, tuple[AlarmPeriod, ...]] = {}

    def alarm_periods(self, now: datetime) -> Mapping[str, tuple[AlarmPeriod, ...]]:
        """The periods in which each alarm was in ALARM since the deployment, oldest first."""
        for metric, at, value in self._metrics.new_samples(now):
            second = at - self._first_minute * PERIOD_SECONDS
            self._samples.setdefault(metric, []).append((second, value))
        minute = int(now.timestamp() // PERIOD_SECONDS) - self._first_minute
        state = (minute, sum(map(len, self._samples.values())))
        # called every second; after a day, an evaluation takes half a second
        if state != self._evaluated:
            self._evaluated = state
            self._periods = {
                name: tuple(
                    self._to_periods(alarm.alarm_minutes(self._samples, until=minute), minute)
                )
                for name, alarm in self._alarms.items()
            }
        return self._periods

    def _to_periods(self, minutes: list[int], now: int) -> list[AlarmPeriod]:
        runs = groupby(enumerate(minutes), key=lambda numbered: numbered[1] - numbered[0])
        periods = []
        for _, run in runs:
            first, *_, last = [minute for _, minute in run] * 2
            ends = None if last == now else self._to_time(last + 1)
            periods.append(AlarmPeriod(begins=self._to_time(first), ends=ends))
        return periods

    def _to_time(self, minute: int) -> datetime:
        since = timedelta(seconds=(self._first_minute + minute) * PERIOD_SECONDS)
        return datetime.fromtimestamp(0, UTC) + since
