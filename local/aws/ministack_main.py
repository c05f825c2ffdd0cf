"""Starts ministack with a scheduler that fires when AWS's would. Runs on ministack's interpreter.

Four differences to `python -m ministack`, all in private names of the pinned version:

- it looks for due schedules every second, not every ten;
- a rate schedule without a start date fires at once, as on AWS, not one interval later;
- SCHEDULE_SPEEDUP=12 makes twelve minutes pass in one, for schedules only. For the tests;
- an alarm on an expression is kept as an alarm on the metric in it, instead of refused. No alarm
  of ours is evaluated here either way: it takes no embedded metrics.
"""

# ruff: noqa: SLF001
import os
import sys
from typing import Any

from ministack import app  # type: ignore[import-not-found]  # in another virtual environment
from ministack.services import eventbridge, scheduler  # type: ignore[import-not-found]
from ministack.services.cloudformation import provisioners  # type: ignore[import-not-found]

NEEDED = (
    (scheduler, "_SCHEDULE_TICK_INTERVAL"),
    (scheduler, "_tick_schedules"),
    (scheduler, "_schedule_last_fired"),
    (scheduler, "_schedules"),
    (eventbridge, "_parse_rate_seconds"),
    (provisioners, "_cw_metric_alarm_record"),
)


def adapt(speedup: float) -> None:
    """Changes scheduler and CloudFormation in place."""
    missing = [f"{module.__name__}.{name}" for module, name in NEEDED if not hasattr(module, name)]
    if missing:
        sys.exit(f"This ministack is not the pinned one; it lacks {', '.join(missing)}.")
    look_once = scheduler._tick_schedules
    parse_rate = eventbridge._parse_rate_seconds
    last_fired = scheduler._schedule_last_fired
    alarm_on_a_metric = provisioners._cw_metric_alarm_record

    def look_once_as_aws_does() -> None:
        schedules = dict(scheduler._schedules._data)
        for gone in last_fired.keys() - schedules.keys():
            del last_fired[gone]
        for key, schedule in schedules.items():
            if parse_rate(schedule["ScheduleExpression"]) and not schedule.get("StartDate"):
                last_fired.setdefault(key, 0.0)
        look_once()

    def parse_rate_faster(expression: str) -> float | None:
        seconds = parse_rate(expression)
        return None if seconds is None else float(seconds) / speedup

    def alarm(name: str, properties: dict[str, Any]) -> object:
        queries = [
            query["MetricStat"]
            for query in properties.get("Metrics") or []
            if "MetricStat" in query
        ]
        for query in queries:
            properties = {
                **properties,
                **query["Metric"],
                "Period": query["Period"],
                "Statistic": query["Stat"],
                "Metrics": None,
            }
        return alarm_on_a_metric(name, properties)

    scheduler._SCHEDULE_TICK_INTERVAL = 1
    scheduler._tick_schedules = look_once_as_aws_does
    eventbridge._parse_rate_seconds = parse_rate_faster
    provisioners._cw_metric_alarm_record = alarm


if __name__ == "__main__":
    adapt(float(os.environ.get("SCHEDULE_SPEEDUP", "1")))
    app.main()
