"""A scenario in which the test, not chance, decides about faults and latencies."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from studies.simulation.conditions import HEALTHY
from studies.simulation.scenario import Scenario
from studies.simulation.services import Fault, Service, Services
from studies.simulation.trace import Trace

ScriptedOutcome = tuple[Fault | None, float]
"""The fault that a call meets, if any, and the seconds it takes unless it times out."""

LONGER_LIVED_SECONDS = 900
"""The configured lifetime: another writer's tokens may live longer than the provider's 300 s."""

_CONDITIONS = replace(HEALTHY, token_lifetime_seconds=LONGER_LIVED_SECONDS)
_FINE: ScriptedOutcome = (None, 0.1)


class ScriptedServices(Services):
    """Each call gets the next outcome of its service. After the last one, calls succeed."""

    def __init__(self) -> None:
        super().__init__(Trace(0), _CONDITIONS, [])
        self._answers: dict[Service, list[ScriptedOutcome]] = {service: [] for service in Service}
        self._met = dict.fromkeys(Service, _FINE)

    def script(self, answers: Mapping[Service, Iterable[ScriptedOutcome]]) -> None:
        """Replaces the outcomes of all services."""
        self._answers = {service: list(answers.get(service, ())) for service in Service}

    def fault(self, service: Service, moment: float) -> Fault | None:
        answers = self._answers[service]
        self._met[service] = answers.pop(0) if answers else _FINE
        return self._met[service][0]

    def latency(self, service: Service, moment: float) -> float:
        return self._met[service][1]


def scripted_scenario() -> tuple[Scenario, ScriptedServices]:
    """A scenario in which nothing fails until the test scripts it."""
    services = ScriptedServices()
    return Scenario(Trace(0), _CONDITIONS, services=services), services
