"""What if a test decides instead of chance? Faults and latencies come in the order it gives."""

from collections.abc import Iterable, Mapping

from studies.simulation.conditions import HEALTHY
from studies.simulation.trace import Trace
from studies.simulation.weather import Fault, Service, Weather
from studies.simulation.world import Scenario

ScriptedOutcome = tuple[Fault | None, float]
"""What a call meets, and the seconds that it takes if that is not a time-out."""

_FINE: ScriptedOutcome = (None, 0.1)


class ScriptedWeather(Weather):
    """Each call of a service meets the next answer; when they are used up, all is fine."""

    def __init__(self) -> None:
        super().__init__(Trace(0), HEALTHY, [])
        self._answers: dict[Service, list[ScriptedOutcome]] = {service: [] for service in Service}
        self._met = dict.fromkeys(Service, _FINE)

    def script(self, answers: Mapping[Service, Iterable[ScriptedOutcome]]) -> None:
        """From now on; what was left over is forgotten."""
        self._answers = {service: list(answers.get(service, ())) for service in Service}

    def fault(self, service: Service, moment: float) -> Fault | None:
        answers = self._answers[service]
        self._met[service] = answers.pop(0) if answers else _FINE
        return self._met[service][0]

    def latency(self, service: Service, moment: float) -> float:
        return self._met[service][1]


def scripted_world() -> tuple[Scenario, ScriptedWeather]:
    """Nothing goes wrong in it until a test says so."""
    weather = ScriptedWeather()
    return Scenario(Trace(0), HEALTHY, weather=weather), weather
