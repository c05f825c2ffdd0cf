"""One run: a strategy in a scenario for a period of time, and what is measured."""

import itertools
import random
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field

from studies.simulation.changes import changes
from studies.simulation.conditions import Conditions
from studies.simulation.outages import outages
from studies.simulation.scenario import Scenario
from studies.simulation.services import Outage, Service
from studies.simulation.strategies import Strategy
from studies.simulation.trace import Trace

WARM_UP_SECONDS = 900.0
"""The start of a run, until the first token is published. It is not counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MetOutage:
    """An outage of the identity provider that at least one request met."""

    cost_seconds: float
    """Time without a valid token, from the start of the outage to the start of the next one."""
    recovery_seconds: float
    """Time from the end of the outage to the next published token."""


@dataclass(slots=True, kw_only=True)
class Result:
    """The measurements of one run."""

    days: float
    gaps: list[float]
    """Lengths of the periods without a valid token, in seconds."""
    least_life_left: float
    """The shortest remaining life of a replaced token, in seconds. Negative if it had expired."""
    rotations: int
    """Invocations of the function by any trigger, or attempts of a strategy without function."""
    published: int
    token_requests: int
    busiest_hour: int
    """The largest number of token requests within any 3600 seconds."""
    calls: dict[Service, int]
    failed: int = 0
    cut_off: int = 0
    longest_seconds: float = 0.0
    outages: int = 0
    met_outages: list[MetOutage] = field(default_factory=list)


def simulate(strategy: Strategy, conditions: Conditions, seed: int) -> tuple[Result, Scenario]:
    """Runs a strategy in the scenario of this seed."""
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
    scenario = Scenario(trace, conditions, itertools.chain.from_iterable(out.values()))
    planned = changes(scenario, until)
    scenario.clock.plan((change.moment, change.apply) for change in planned)
    function = strategy(scenario, planned, until)
    scenario.history.ended(until)
    asked = scenario.identity_provider.requests
    result = Result(
        days=conditions.days,
        gaps=[end - start for start, end in scenario.history.gaps if end > WARM_UP_SECONDS],
        least_life_left=min(scenario.history.lives_left),
        rotations=function.invocations if function else len(asked),
        published=len(scenario.history.publications),
        token_requests=len(asked),
        busiest_hour=max(n - bisect_left(asked, at - 3600) for n, at in enumerate(asked, start=1)),
        calls={service: sum(calls.count.values()) for service, calls in scenario.aws_calls.items()},
        outages=len(out[Service.IDENTITY_PROVIDER]),
        met_outages=_met_outages(out[Service.IDENTITY_PROVIDER], scenario, until),
    )
    if function:
        result.failed = function.failed
        result.cut_off = function.cut_off
        result.longest_seconds = function.longest_seconds
    return result, scenario


def _met_outages(outages: list[Outage], scenario: Scenario, until: float) -> list[MetOutage]:
    published = [moment for moment, _ in scenario.history.publications]
    hit = scenario.identity_provider.faults_met
    found = []
    for outage, following in zip(outages, [*(o.start for o in outages), until][1:], strict=True):
        met = bisect_left(hit, outage.start)
        fresh = bisect_right(published, outage.end)
        if met == len(hit) or hit[met] >= outage.end or fresh == len(published):
            continue
        cost = scenario.history.unavailable(outage.start, following)
        found.append(MetOutage(cost_seconds=cost, recovery_seconds=published[fresh] - outage.end))
    return found
