"""The EventBridge schedules that invoke the function."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from token_rotator.contract import EventField, Trigger
from token_rotator_cli.aws.calls import calling
from token_rotator_cli.aws.clients import Aws

STACK_TRIGGERS: Final = (Trigger.SCHEDULE, Trigger.WATCHDOG)
"""The triggers in the input of a stack's schedules."""

_UNITS: Final = {"minute": 60, "hour": 3600, "day": 86400}


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """One schedule of the stack."""

    trigger: str
    """The trigger in its input."""
    name: str
    expression: str
    enabled: bool
    role_arn: str
    """The role that Scheduler uses to invoke the function."""

    @property
    def every(self) -> timedelta | None:
        """The duration of a rate such as ``rate(4 minutes)``. None: not a rate."""
        rate = re.fullmatch(r"rate\((\d+) (minute|hour|day)s?\)", self.expression)
        return timedelta(seconds=int(rate[1]) * _UNITS[rate[2]]) if rate else None


def schedules_of(aws: Aws, function_arn: str) -> list[Schedule]:
    """The stack's schedules, without other schedules of the function. Raises CallerError."""
    return [one for one in _schedules(aws, function_arn) if one.trigger in STACK_TRIGGERS]


def _schedules(aws: Aws, function_arn: str) -> Iterator[Schedule]:
    with calling("scheduler:ListSchedules"):
        pages = list(aws.schedules.get_paginator("list_schedules").paginate())
    for page in pages:
        for listed in page["Schedules"]:
            if listed["Target"]["Arn"] != function_arn:
                continue
            with calling("scheduler:GetSchedule"):
                one = aws.schedules.get_schedule(Name=listed["Name"], GroupName=listed["GroupName"])
            yield Schedule(
                trigger=_trigger(one["Target"].get("Input", "")),
                name=one["Name"],
                expression=one["ScheduleExpression"],
                enabled=one["State"] == "ENABLED",
                role_arn=one["Target"]["RoleArn"],
            )


def _trigger(text: str) -> str:
    """The trigger in a schedule's input, which may be any text."""
    try:
        event = json.loads(text)
    except ValueError:
        return ""
    return str(event.get(EventField.TRIGGER)) if isinstance(event, dict) else ""
