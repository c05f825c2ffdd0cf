"""How did one strategy do in one stretch of time? Run it, and count."""

import itertools
import random
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field

from studies.simulation.changes import changes
from studies.simulation.conditions import Conditions
from studies.simulation.outages import outages
from studies.simulation.strategies import Play
from studies.simulation.trace import Trace
from studies.simulation.weather import Outage, Service
from studies.simulation.world import Scenario

WARM_UP_SECONDS = 900.0
"""Not counted: the first token has to be there first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Struck:
    """An outage of the identity provider that a request ran into."""

    cost_seconds: float
    """Without a valid token, from the start of the outage until the next one's."""
    recovery_seconds: float
    """From the end of the outage to the next published token."""


@dataclass(slots=True, kw_only=True)
class Result:
    """What is measured in one stretch."""

    days: float
    gaps: list[float]
    """Lengths in seconds, without a valid token."""
    least_life_left: float
    """In seconds, of a token that was replaced; negative: it was dead already."""
    rotations: int
    """Invocations of the function by any trigger; attempts of what is not invoked."""
    published: int
    token_requests: int
    busiest_hour: int
    """Most token requests within any 3600 seconds."""
    calls: dict[Service, int]
    failed: int = 0
    cut_off: int = 0
    longest_seconds: float = 0.0
    outages: int = 0
    struck: list[Struck] = field(default_factory=list)


def play(strategy: Play, conditions: Conditions, seed: int) -> tuple[Result, Scenario]:
    """One strategy in the world of this seed."""
    random.seed(seed)  # tenacity's jitter
    trace = Trace(seed)
    until = conditions.days * 86_400
    found = {
        Service.IDENTITY_PROVIDER: conditions.outage_seconds,
        Service.SECRETS_MANAGER: conditions.aws_outage_seconds,
        Service.PARAMETER_STORE: conditions.aws_outage_seconds,
    }
    out = {
        service: outages(trace, conditions, service, seconds) for service, seconds in found.items()
    }
    world = Scenario(trace, conditions, itertools.chain.from_iterable(out.values()))
    planned = changes(world, until)
    world.clock.plan((change.moment, change.apply) for change in planned)
    function = strategy(world, planned, until)
    world.ledger.ended(until)
    asked = world.identity_provider.requests
    result = Result(
        days=conditions.days,
        gaps=[end - start for start, end in world.ledger.gaps if end > WARM_UP_SECONDS],
        least_life_left=min(world.ledger.lives_left),
        rotations=function.invocations if function else len(asked),
        published=len(world.ledger.publications),
        token_requests=len(asked),
        busiest_hour=max(n - bisect_left(asked, at - 3600) for n, at in enumerate(asked, start=1)),
        calls={service: sum(line.calls.values()) for service, line in world.lines.items()},
        outages=len(out[Service.IDENTITY_PROVIDER]),
        struck=_struck(out[Service.IDENTITY_PROVIDER], world, until),
    )
    if function:
        result.failed = function.failed
        result.cut_off = function.cut_off
        result.longest_seconds = function.longest_seconds
    return result, world


def _struck(outages: list[Outage], world: Scenario, until: float) -> list[Struck]:
    published = [moment for moment, _ in world.ledger.publications]
    hit = world.identity_provider.struck
    found = []
    for outage, following in zip(outages, [*(o.start for o in outages), until][1:], strict=True):
        met = bisect_left(hit, outage.start)
        fresh = bisect_right(published, outage.end)
        if met == len(hit) or hit[met] >= outage.end or fresh == len(published):
            continue
        cost = world.ledger.unavailable(outage.start, following)
        found.append(Struck(cost_seconds=cost, recovery_seconds=published[fresh] - outage.end))
    return found
