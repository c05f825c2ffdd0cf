"""Minute-by-minute evaluation of an alarm from the template, as CloudWatch documents it.

User Guide, "Configuring how CloudWatch alarms treat missing data": an alarm retrieves more periods
than it evaluates, and uses older real data points before it fills in missing ones. The number of
additional periods is not documented. The example in the guide retrieves 5 for 3, which is two more.
Tests also try other numbers.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import ge, lt
from typing import Any, Final, Self

Samples = Mapping[tuple[str, str], Sequence[tuple[float, float]]]
"""Namespace and name of a metric → (second, value), in no particular order."""

DOCUMENTED_EXTRA: Final = 2
PERIOD_SECONDS: Final = 60

_OPERATORS: Final[Mapping[str, Callable[[float, float], bool]]] = {
    "GreaterThanOrEqualToThreshold": ge,
    "LessThanThreshold": lt,
}
_STATISTICS: Final[Mapping[str, Callable[[Iterable[float]], float]]] = {"Sum": sum, "Minimum": min}


class UnknownDefinition(ValueError):
    """The alarm is defined in a way that this model does not know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """An alarm's definition."""

    metric: tuple[str, str]
    statistic: Callable[[Iterable[float]], float]
    fill: float | None
    required: int
    window: int
    breaches: Callable[[float, float], bool]
    threshold: float
    missing_breaches: bool
    warm_up_minutes: int
    warm_up_ends_early: bool

    @classmethod
    def from_properties(cls, properties: Mapping[str, Any]) -> Self:
        """Reads an alarm's CloudFormation properties.

        Raises KeyError or UnknownDefinition for settings that this model does not know.
        """
        fill, statistics = None, properties
        if "Metrics" in properties:
            expression, query = properties["Metrics"]
            pattern = rf"FILL\({query['Id']}, (\d+)\)"
            fill = float(re.fullmatch(pattern, expression["Expression"])[1])  # type: ignore[index]
            if (expression["ReturnData"], query["ReturnData"]) != (True, False):
                raise UnknownDefinition("not the expression is watched, but something else")
            stat = query["MetricStat"]
            statistics = {**stat["Metric"], "Period": stat["Period"], "Statistic": stat["Stat"]}
        if statistics["Period"] != PERIOD_SECONDS:
            raise UnknownDefinition(f"the period is {statistics['Period']} s")
        warm_up = properties.get("WarmUpConfiguration", {})
        return cls(
            metric=(statistics["Namespace"], statistics["MetricName"]),
            statistic=_STATISTICS[statistics["Statistic"]],
            fill=fill,
            required=properties["DatapointsToAlarm"],
            window=properties["EvaluationPeriods"],
            breaches=_OPERATORS[properties["ComparisonOperator"]],
            threshold=properties["Threshold"],
            missing_breaches={"breaching": True, "notBreaching": False}[
                properties["TreatMissingData"]
            ],
            warm_up_minutes=warm_up.get("WarmUpPeriodDurationInMinutes", 0),
            warm_up_ends_early=not warm_up.get("OnlyStartEvaluatingAfterWarmUpPeriodEnds", False),
        )

    def alarm_minutes(
        self,
        samples: Samples,
        *,
        until: int,
        extra: int = DOCUMENTED_EXTRA,
        arrives_late: bool = False,
    ) -> list[int]:
        """The minutes at whose start the alarm is in ALARM, if it was created at minute 0.

        With ``arrives_late``, data points of the previous minute have not arrived yet.
        """
        minutes: dict[int, list[float]] = {}
        for second, value in samples.get(self.metric, ()):
            minutes.setdefault(int(second // 60), []).append(value)
        points = {minute: self.statistic(values) for minute, values in minutes.items()}

        in_alarm, warm = [], False
        for now in range(1, until + 1):
            retrieved = range(now - self.window - extra, now)
            seen = [
                points.get(minute) if minute < now - arrives_late else None for minute in retrieved
            ]
            if self.fill is not None:
                seen = [self.fill if value is None else value for value in seen]
            real = [value for value in seen if value is not None]
            warm = warm or self._is_warm(now, real)
            if warm and self.is_breached(real):
                in_alarm.append(now)
        return in_alarm

    def _is_warm(self, now: int, real: list[float]) -> bool:
        early = self.warm_up_ends_early and len(real) >= self.window
        return early or now > self.warm_up_minutes

    def is_breached(self, real: Sequence[float]) -> bool:
        """Evaluates the latest real data points and treats the missing ones as configured."""
        evaluated = real[-self.window :]
        breaching = sum(self.breaches(value, self.threshold) for value in evaluated)
        if self.missing_breaches:
            breaching += self.window - len(evaluated)
        return breaching >= self.required


def alarm_definitions(template: Mapping[str, Any]) -> Mapping[str, Mapping[str, Any]]:
    """The properties of a CloudFormation template's alarms, by name without the rotator's."""
    definitions = (
        resource["Properties"]
        for resource in template["Resources"].values()
        if resource["Type"] == "AWS::CloudWatch::Alarm"
    )
    return {one["AlarmName"].rpartition("/")[2]: one for one in definitions}


def meaning(definition: Mapping[str, Any]) -> str:
    """What an alarm means: its description without what to do."""
    return str(definition["AlarmDescription"]["Fn::Join"][1][0]).partition(" First, ")[0]
