"""The schedules of a deployed rotator, enabled and disabled."""

import json
from collections.abc import Collection
from typing import Any, Final

from local.switches.names import PositionName, SwitchName
from local.switches.switch import Position, Switch
from token_rotator.contract import EventField, Trigger

ALL: Final = frozenset({Trigger.SCHEDULE, Trigger.WATCHDOG})
_READ_ONLY: Final = frozenset(
    {"ResponseMetadata", "Arn", "CreationDate", "LastModificationDate", "State"}
)


def enable_schedules(scheduler: Any, enabled: Collection[Trigger]) -> None:
    """Enables the schedules with these triggers and disables the others.

    ``scheduler`` is botocore's client. UpdateSchedule replaces every setting, so all are sent.
    """
    for listed in scheduler.list_schedules()["Schedules"]:
        schedule = scheduler.get_schedule(Name=listed["Name"], GroupName=listed["GroupName"])
        trigger = json.loads(schedule["Target"]["Input"])[EventField.TRIGGER]
        kept = {name: value for name, value in schedule.items() if name not in _READ_ONLY}
        state = "ENABLED" if trigger in enabled else "DISABLED"
        scheduler.update_schedule(**kept, State=state)


def schedules_switch(scheduler: Any) -> Switch:
    """The schedule and the watchdogs. Events make the function run in any case."""
    return Switch(
        SwitchName.SCHEDULES,
        "Schedules",
        [
            Position(
                name=PositionName.WORKS,
                label="all run",
                turn=lambda: enable_schedules(scheduler, ALL),
            ),
            Position(
                name=PositionName.WATCHDOGS,
                label="only the watchdogs run",
                turn=lambda: enable_schedules(scheduler, {Trigger.WATCHDOG}),
            ),
            Position(
                name=PositionName.DISABLED,
                label="are disabled",
                turn=lambda: enable_schedules(scheduler, ()),
            ),
        ],
    )
