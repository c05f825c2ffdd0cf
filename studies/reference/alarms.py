"""The alarms of a rotator with the defaults, as the template has them."""

from collections.abc import Mapping
from typing import Any, Final

from studies.reference.tables import table
from studies.simulation.deployed_alarms import alarm_properties

_COMPARED: Final = {
    "GreaterThanOrEqualToThreshold": "{threshold} or more",
    "LessThanThreshold": "below {threshold}",
}


def alarms() -> str:
    """What each alarm evaluates."""
    return table(
        ("alarm", "metric", "fires if a minute's", "in", "quiet in a new stack"),
        (_row(name, properties) for name, properties in alarm_properties().items()),
    )


def _row(name: str, alarm: Mapping[str, Any]) -> tuple[str, ...]:
    metric = alarm["Metrics"][1]["MetricStat"] if "Metrics" in alarm else alarm
    source = metric.get("Metric", metric)
    statistic = metric.get("Stat") or metric["Statistic"]
    compared = _COMPARED[alarm["ComparisonOperator"]].format(threshold=alarm["Threshold"])
    needed, window = alarm["DatapointsToAlarm"], alarm["EvaluationPeriods"]
    quiet = alarm.get("WarmUpConfiguration", {}).get("WarmUpPeriodDurationInMinutes")
    return (
        f"`{name}`",
        f"`{source['Namespace']}` `{source['MetricName']}`",
        f"{statistic.lower()} is {compared}{'' if quiet is None else ', or missing'}",
        f"{needed} of {window} minutes",
        "no" if quiet is None else f"{quiet} minutes",
    )
