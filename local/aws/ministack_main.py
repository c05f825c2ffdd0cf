"""Starts ministack with a scheduler like AWS's. Runs on ministack's interpreter.

There are four differences to `python -m ministack`, all in private names of the pinned version:

- due schedules are checked every second instead of every ten seconds
- a rate schedule without a start date runs at once, as on AWS, and not after the first interval
- for tests, SCHEDULE_SPEEDUP=12 runs schedules twelve times as often
- an alarm on an expression is stored as an alarm on its metric instead of being refused. The
  rotator's alarms are not evaluated in either case, because ministack ignores embedded metrics
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
    """Replaces functions of ministack's scheduler and CloudFormation."""
    missing = [f"{module.__name__}.{name}" for module, name in NEEDED if not hasattr(module, name)]
    if missing:
        sys.exit(f"This ministack is not the pinned version: it lacks {', '.join(missing)}.")
    tick = scheduler._tick_schedules
    parse_rate = eventbridge._parse_rate_seconds
    last_fired = scheduler._schedule_last_fired
    alarm_on_a_metric = provisioners._cw_metric_alarm_record

    def tick_like_aws() -> None:
        schedules = dict(scheduler._schedules._data)
        for gone in last_fired.keys() - schedules.keys():
            del last_fired[gone]
        for key, schedule in schedules.items():
            if parse_rate(schedule["ScheduleExpression"]) and not schedule.get("StartDate"):
                last_fired.setdefault(key, 0.0)
        tick()

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
    scheduler._tick_schedules = tick_like_aws
    eventbridge._parse_rate_seconds = parse_rate_faster
    provisioners._cw_metric_alarm_record = alarm


if __name__ == "__main__":
    adapt(float(os.environ.get("SCHEDULE_SPEEDUP", "1")))
    app.main()
