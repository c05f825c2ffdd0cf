"""Who is compared? Ours, ours without the watchdogs, and three that are in use elsewhere."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from studies.simulation import comparators, rotator
from studies.simulation.changes import Change
from studies.simulation.firings import firings
from studies.simulation.lambda_function import Firing, LambdaFunction
from studies.simulation.tuning import Tuning
from studies.simulation.world import Scenario
from token_rotator.contract import FUNCTION_TIMEOUT_SECONDS, Default, EventField, Trigger

INTERVAL_SECONDS = Default.INTERVAL_MINUTES * 60.0
WATCHDOG_SECONDS = 60.0
EVENT_SECONDS = 2.0
"""From a change of the secret to its event."""

AS_DEPLOYED = Tuning()

Play = Callable[[Scenario, Sequence[Change], float], LambdaFunction | None]
"""Keeps the token fresh in its own way, until that second."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ThisRotator:
    """The deployed function, its schedules and its event rule."""

    tuning: Tuning = AS_DEPLOYED

    def __call__(self, world: Scenario, changes: Sequence[Change], until: float) -> LambdaFunction:
        tuning = self.tuning
        function = LambdaFunction(world, rotator.handler, timeout_seconds=tuning.timeout_seconds)
        queue = _schedule(world, until)
        watch: dict[str, object] = {
            EventField.TRIGGER: Trigger.WATCHDOG,
            EventField.MIN_REMAINING_SECONDS: tuning.min_remaining_seconds,
        }
        for number in range(tuning.watchdogs):
            queue += firings(
                world,
                f"watchdog {number}",
                every_seconds=WATCHDOG_SECONDS,
                event=watch,
                until=until,
            )
        told: dict[str, object] = {EventField.TRIGGER: Trigger.SECRET_CHANGED}
        for change in changes:
            if change.announced:
                queue.append(Firing.at(change.moment + EVENT_SECONDS, told))
        with tuning.applied(), rotator.PARSED_ONCE:
            function.serve(queue)
        return function


def _schedule(world: Scenario, until: float) -> list[Firing]:
    event: dict[str, object] = {EventField.TRIGGER: Trigger.SCHEDULE}
    return list(
        firings(world, "schedule", every_seconds=INTERVAL_SECONDS, event=event, until=until)
    )


def _fixed_schedule(world: Scenario, changes: Sequence[Change], until: float) -> LambdaFunction:
    build = comparators.scheduled_function
    function = LambdaFunction(world, build, timeout_seconds=FUNCTION_TIMEOUT_SECONDS)
    function.serve(_schedule(world, until))
    return function


def _cron(world: Scenario, changes: Sequence[Change], until: float) -> None:
    comparators.script_under_cron(world, every_seconds=INTERVAL_SECONDS, until=until)


def _controller(world: Scenario, changes: Sequence[Change], until: float) -> None:
    comparators.controller(world, every_seconds=INTERVAL_SECONDS, until=until)


OURS = "this rotator"
COMPARED: dict[str, Play] = {
    OURS: ThisRotator(),
    "this rotator without its watchdogs": ThisRotator(tuning=Tuning(watchdogs=0)),
    "a fixed schedule, one attempt": _fixed_schedule,
    "the documented script under cron": _cron,
    "a controller that backs off": _controller,
}
