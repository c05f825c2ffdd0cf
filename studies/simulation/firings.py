"""When do the schedules fire? Within a minute of when they should; rarely twice or not at all."""

from collections.abc import Iterator

from studies.simulation.lambda_function import Firing
from studies.simulation.world import Scenario

PRECISION_SECONDS = 60.0
"""EventBridge Scheduler User Guide, "Schedule types": 60-second precision."""


def firings(
    world: Scenario, name: str, *, every_seconds: float, event: dict[str, object], until: float
) -> Iterator[Firing]:
    """All firings of one schedule; the same ones in every world of this trace."""
    offset = world.trace.stream(f"{name} offset")
    fate = world.trace.stream(f"{name} fate")
    phase = world.trace.stream(f"{name} phase").at(0) * every_seconds
    lost, duplicated = world.conditions.lost, world.conditions.duplicated
    for number in range(int((until - phase - PRECISION_SECONDS) / every_seconds)):
        due = phase + number * every_seconds + offset.at(2 * number) * PRECISION_SECONDS
        drawn = fate.at(number)
        if drawn < lost:
            continue
        yield Firing.at(due, event)
        if drawn >= 1 - duplicated:
            yield Firing.at(due + offset.at(2 * number + 1) * PRECISION_SECONDS, event)
