"""Hypothesis strategies for the steps of a scripted scenario: changes, faults and triggers."""

from dataclasses import dataclass

from hypothesis import strategies as st

from studies.simulation.scripted import ScriptedOutcome
from studies.simulation.services import PASSING, Fault, Service
from token_rotator.contract import EventField
from token_rotator.timing import AWS_CALL_TIMEOUT, HTTP_CONNECT_TIMEOUT, HTTP_READ_TIMEOUT
from token_rotator_cdk.config.defaults import Default

FAULTS: dict[Service, list[Fault]] = {
    service: sorted({*kinds, Fault.REFUSED_CONNECTION}, key=lambda fault: fault.name)
    for service, kinds in PASSING.items()
}
SLOWEST = {
    Service.IDENTITY_PROVIDER: (HTTP_CONNECT_TIMEOUT + HTTP_READ_TIMEOUT).total_seconds(),
    Service.PARAMETER_STORE: AWS_CALL_TIMEOUT.total_seconds(),
    Service.SECRETS_MANAGER: AWS_CALL_TIMEOUT.total_seconds(),
}
WATCHDOG: dict[str, object] = {
    EventField.MIN_REMAINING_SECONDS: Default.WATCHDOG_MIN_REMAINING_SECONDS
}


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step: a pause, a change, and an invocation whose calls get these outcomes."""

    pause: float
    change: str | None
    event: dict[str, object]
    answers: dict[Service, list[ScriptedOutcome]]


CHANGES = [
    *(None, None, "good key", "unknown key", "wrong file"),
    *("gone", "cold start", "newer", "newer", "newer"),
]


@st.composite
def answers(draw: st.DrawFn, service: Service) -> list[ScriptedOutcome]:
    """Outcomes of a service's calls: usually a few faults, sometimes only faults or slow calls."""
    kind = draw(st.sampled_from(["fine"] * 4 + ["moments"] * 6 + ["bad", "slow"]))
    if kind == "slow":
        return [(None, SLOWEST[service])] * 20
    if kind == "fine":
        return []
    latencies = st.sampled_from([0.01, 0.01, 0.3, 2.0, SLOWEST[service]])
    if kind == "bad":
        return [(draw(st.sampled_from(FAULTS[service])), draw(latencies))] * 200
    faults = st.sampled_from([None] * len(FAULTS[service]) + FAULTS[service])
    return draw(st.lists(st.tuples(faults, latencies), max_size=6))


STEPS = st.builds(
    Step,
    pause=st.sampled_from([0.0, 1.0, 30.0, 60.0, 240.0, 700.0]),
    change=st.sampled_from(CHANGES),
    event=st.sampled_from([{}, {}, WATCHDOG]),
    answers=st.fixed_dictionaries({service: answers(service) for service in Service}),
)
