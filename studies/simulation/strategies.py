"""The strategies that are compared: this rotator, with and without watchdogs, and three others."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from studies.simulation import comparators, rotator
from studies.simulation.changes import Change
from studies.simulation.lambda_function import LambdaFunction, QueuedEvent
from studies.simulation.scenario import Scenario
from studies.simulation.schedules import scheduled_events
from studies.simulation.tuning import Tuning
from token_rotator.contract import FUNCTION_TIMEOUT_SECONDS, EventField, Trigger
from token_rotator_cdk.config.defaults import Default

INTERVAL_SECONDS = Default.INTERVAL_MINUTES * 60.0
WATCHDOG_SECONDS = 60.0
EVENT_SECONDS = 2.0
"""The time from a change of the secret or the parameter to its event."""

AS_DEPLOYED = Tuning()

Strategy = Callable[[Scenario, Sequence[Change], float], LambdaFunction | None]
"""Keeps the token fresh until this second. Returns the function, if the strategy has one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ThisRotator:
    """The deployed function, its schedules and its event rule."""

    tuning: Tuning = AS_DEPLOYED
    silent_from: float = math.inf
    """From this second on, nothing that the schedules send arrives."""
    hears_of_its_writes: bool = False
    """Whether they invoke the function, as when deployed. A run takes longer then, and nothing else
    depends on it unless somebody interferes.
    """

    def __call__(
        self, scenario: Scenario, changes: Sequence[Change], until: float
    ) -> LambdaFunction:
        tuning = self.tuning
        function = LambdaFunction(scenario, rotator.handler, timeout_seconds=tuning.timeout_seconds)
        queue = [one for one in self.events(scenario, until) if one.due < self.silent_from]
        if self.hears_of_its_writes:
            scenario.written = lambda: _announce(scenario, function)
        for change in changes:
            if change.announced:
                event: dict[str, object] = {EventField.TRIGGER: change.announced}
                queue.append(QueuedEvent.at(change.moment + EVENT_SECONDS, event))
        with tuning.applied(), rotator.PARSED_ONCE:
            function.serve(queue)
        return function

    def events(self, scenario: Scenario, until: float) -> list[QueuedEvent]:
        """What the schedule and the watchdogs send."""
        queue = _schedule(scenario, until)
        watch: dict[str, object] = {
            EventField.TRIGGER: Trigger.WATCHDOG,
            EventField.MIN_REMAINING_SECONDS: self.tuning.min_remaining_seconds,
        }
        for number in range(self.tuning.watchdogs):
            queue += scheduled_events(
                scenario,
                f"watchdog {number}",
                every_seconds=WATCHDOG_SECONDS,
                payload=watch,
                until=until,
            )
        return queue


def _announce(scenario: Scenario, function: LambdaFunction) -> None:
    payload: dict[str, object] = {EventField.TRIGGER: Trigger.PARAMETER_CHANGED}
    function.send(QueuedEvent.at(scenario.clock.seconds + EVENT_SECONDS, payload))


def _schedule(scenario: Scenario, until: float) -> list[QueuedEvent]:
    payload: dict[str, object] = {EventField.TRIGGER: Trigger.SCHEDULE}
    return list(
        scheduled_events(
            scenario, "schedule", every_seconds=INTERVAL_SECONDS, payload=payload, until=until
        )
    )


def _fixed_schedule(scenario: Scenario, changes: Sequence[Change], until: float) -> LambdaFunction:
    build = comparators.scheduled_function
    function = LambdaFunction(scenario, build, timeout_seconds=FUNCTION_TIMEOUT_SECONDS)
    function.serve(_schedule(scenario, until))
    return function


def _cron(scenario: Scenario, changes: Sequence[Change], until: float) -> None:
    comparators.script_under_cron(scenario, every_seconds=INTERVAL_SECONDS, until=until)


def _controller(scenario: Scenario, changes: Sequence[Change], until: float) -> None:
    comparators.controller(scenario, every_seconds=INTERVAL_SECONDS, until=until)


OURS = "this rotator"
COMPARED: dict[str, Strategy] = {
    OURS: ThisRotator(),
    "this rotator without its watchdogs": ThisRotator(tuning=Tuning(watchdogs=0)),
    "a fixed schedule, one attempt": _fixed_schedule,
    "the documented script under cron": _cron,
    "a controller that backs off": _controller,
}
