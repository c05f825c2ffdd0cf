"""Model of EventBridge Scheduler: events are up to 60 s late, and rarely lost or duplicated."""

from collections.abc import Iterator

from studies.simulation.lambda_function import QueuedEvent
from studies.simulation.scenario import Scenario

PRECISION_SECONDS = 60.0
"""EventBridge Scheduler User Guide, "Schedule types": 60-second precision."""


def scheduled_events(
    scenario: Scenario, name: str, *, every_seconds: float, payload: dict[str, object], until: float
) -> Iterator[QueuedEvent]:
    """The events of one schedule. They are the same in every scenario of a trace."""
    offset = scenario.trace.stream(f"{name} offset")
    fate = scenario.trace.stream(f"{name} fate")
    phase = scenario.trace.stream(f"{name} phase").at(0) * every_seconds
    lost, duplicated = scenario.conditions.lost, scenario.conditions.duplicated
    for number in range(int((until - phase - PRECISION_SECONDS) / every_seconds)):
        due = phase + number * every_seconds + offset.at(2 * number) * PRECISION_SECONDS
        drawn = fate.at(number)
        if drawn < lost:
            continue
        yield QueuedEvent.at(due, payload)
        if drawn >= 1 - duplicated:
            yield QueuedEvent.at(due + offset.at(2 * number + 1) * PRECISION_SECONDS, payload)
