"""Which alarm fires, and when, after each kind of failure, and when consumers notice.

``python -m studies.simulation.ways_of_failing`` writes the table of docs/operate/monitoring.md.
"""

import math
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from typing import Final

from local.alarms.evaluation import Alarm, Samples
from local.alarms.log_metrics import ERRORS, INVOCATIONS
from studies.simulation.changes import Change
from studies.simulation.conditions import HEALTHY
from studies.simulation.deployed_alarms import deployed_alarms
from studies.simulation.lambda_function import LambdaFunction
from studies.simulation.scenario import PARAMETER, Scenario
from studies.simulation.services import OUTAGES, Fault, Outage, Service
from studies.simulation.strategies import ThisRotator
from studies.simulation.trace import Trace
from token_rotator.contract import (
    MARGIN_REPORTED_BELOW_SECONDS,
    METRIC_NAMESPACE,
    Metric,
    Trigger,
)

PAGE: Final = Path(__file__).parents[2] / "docs" / "operate" / "monitoring.md"
BEGIN: Final = "<!-- generated: ways of failing -->"
END: Final = "<!-- end of ways of failing -->"

PHASES: Final = 200
"""Number of start times of each failure, each in a different trace."""
HEALTHY_SECONDS: Final = 900.0
FAILING_SECONDS: Final = 1200.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A kind of failure that begins at a certain second and does not end by itself."""

    name: str
    outages: Callable[[float, int], Sequence[Outage]] = lambda moment, number: ()
    change: Callable[[Scenario], None] = lambda scenario: None
    announced: Trigger | None = None
    silent: bool = False
    """Whether the function is no longer invoked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Aftermath:
    """The events after one failure, in seconds. Infinite: it did not happen."""

    rings: Mapping[str, float]
    """Times by alarm name, with data points that arrive a minute late."""
    alarm_on_time: float
    """When the first alarm fires if data points arrive without delay."""
    noticed: float
    """No valid token is published any more."""
    back: float
    """A valid token is published again."""

    @property
    def alarm(self) -> float:
        """When the first alarm fires."""
        return min(self.rings.values(), default=math.inf)


def _provider_down(moment: float, number: int) -> Sequence[Outage]:
    return [_down(Service.IDENTITY_PROVIDER, moment, OUTAGES[number % len(OUTAGES)])]


def _role_broken(moment: float, number: int) -> Sequence[Outage]:
    services = (Service.SECRETS_MANAGER, Service.PARAMETER_STORE)
    return [_down(service, moment, Fault.DENIED) for service in services]


def _down(service: Service, moment: float, fault: Fault) -> Outage:
    return Outage(service=service, start=moment, end=math.inf, fault=fault)


def _delete(scenario: Scenario) -> None:
    scenario.store.delete_parameter(Name=PARAMETER)
    scenario.history.deleted(scenario.clock.seconds)


def _overwrite(scenario: Scenario) -> None:
    scenario.store.put_foreign(PARAMETER, "by hand")
    scenario.history.deleted(scenario.clock.seconds)


FAILURES: Final = (
    Failure(name="the identity provider is down", outages=_provider_down),
    Failure(
        name="the key is refused", change=lambda scenario: scenario.identity_provider.keys.clear()
    ),
    Failure(name="the function's role is broken", outages=_role_broken),
    Failure(
        name="nothing invokes the function: schedules disabled, their role broken, function "
        "throttled, or EventBridge Scheduler out",
        silent=True,
    ),
    Failure(
        name="the parameter is deleted manually",
        change=_delete,
        announced=Trigger.PARAMETER_CHANGED,
    ),
    Failure(
        name="another principal overwrites the parameter",
        change=_overwrite,
        announced=Trigger.PARAMETER_CHANGED,
    ),
)


def aftermath(failure: Failure, number: int) -> Aftermath:
    """Simulates one failure, at a time that depends on the number."""
    random.seed(number)  # tenacity's jitter
    trace = Trace(number)
    moment = HEALTHY_SECONDS + trace.stream("failure").at(0) * 240
    until = moment + FAILING_SECONDS
    conditions = replace(HEALTHY, days=until / 86_400)
    scenario = Scenario(trace, conditions, failure.outages(moment, number))
    change = Change(
        moment=moment, apply=lambda: failure.change(scenario), announced=failure.announced
    )
    scenario.clock.plan([(change.moment, change.apply)])
    strategy = ThisRotator(
        silent_from=moment if failure.silent else math.inf, hears_of_its_writes=True
    )
    function = strategy(scenario, [change], until)
    scenario.history.ended(until)
    gaps = [gap for gap in scenario.history.gaps if gap[1] > moment]
    start, end = gaps[0] if gaps else (math.inf, math.inf)
    samples = _samples(scenario, function)
    on_time = dict(_rings(samples, moment, until, late=False))
    return Aftermath(
        rings=dict(_rings(samples, moment, until, late=True)),
        alarm_on_time=min(on_time.values(), default=math.inf),
        noticed=start - moment,
        back=end - moment if end < until else math.inf,
    )


def _samples(scenario: Scenario, function: LambdaFunction) -> Samples:
    """The metrics, as the function and Lambda emit them."""
    published = [moment for moment, _ in scenario.history.publications]
    margins = [one for one in scenario.margins if one[1] < MARGIN_REPORTED_BELOW_SECONDS]
    return {
        INVOCATIONS: [(moment, 1) for moment, _ in function.runs],
        ERRORS: [(moment, failed) for moment, failed in function.runs],
        (METRIC_NAMESPACE, Metric.TOKEN_PUBLISHED): [(moment, 1) for moment in published],
        (METRIC_NAMESPACE, Metric.EXPIRY_MARGIN_SECONDS): margins,
    }


def _rings(
    samples: Samples, moment: float, until: float, *, late: bool
) -> Iterator[tuple[str, float]]:
    """``late``: data points of the newest minute have not arrived."""
    for name, alarm in deployed_alarms().items():
        minutes = _of_an_old_stack(alarm).alarm_minutes(
            samples, until=int(until // 60), arrives_late=late
        )
        if (first := next((m * 60 for m in minutes if m * 60 >= moment), None)) is not None:
            yield name, first - moment


def _of_an_old_stack(alarm: Alarm) -> Alarm:
    return replace(alarm, warm_up_minutes=int(HEALTHY_SECONDS // 60))


_COLUMNS: Final = (
    *("what fails", "the first alarm", "fires after, s", "consumers notice after, s"),
    *("the alarm is first: data on time / late", "a token is back after, s"),
)


def table(phases: int = PHASES) -> str:
    """The table, in Markdown."""
    lines = [
        f"| {' | '.join(_COLUMNS)} |",
        "|---|---|---|---|---:|---|",
    ]
    for failure in FAILURES:
        found = [aftermath(failure, number) for number in range(phases)]
        lines.append(f"| {' | '.join(_row(failure.name, found))} |")
    return "\n".join(lines)


def _row(name: str, found: Sequence[Aftermath]) -> Iterator[str]:
    yield name
    rung = [one for one in found if one.rings]
    yield ", ".join(_first_alarms(rung)) or "none"
    yield _spread([one.alarm for one in rung], worst=max) if rung else "-"
    yield _spread([one.noticed for one in found], worst=min)
    yield f"{_first(found, on_time=True)} / {_first(found, on_time=False)}" if rung else "-"
    back = [one.back for one in found]
    yield _spread(back, worst=max) if max(back) < math.inf else "when it is repaired"


def _first(found: Sequence[Aftermath], *, on_time: bool) -> str:
    first = sum((one.alarm_on_time if on_time else one.alarm) < one.noticed for one in found)
    return f"{100 * first / len(found):.0f} %"


def _first_alarms(found: Sequence[Aftermath]) -> list[str]:
    return sorted({min(one.rings, key=lambda name: one.rings[name]) for one in found})


def _spread(seconds: Sequence[float], *, worst: Callable[[Sequence[float]], float]) -> str:
    middle, extreme = round(median(seconds)), round(worst(seconds))
    if middle == extreme == 0:
        return "at once"
    return f"{middle} (at worst {extreme})"


def main() -> None:
    """Writes the table into the page."""
    found = table()
    print(found)
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    PAGE.write_text(f"{before}{BEGIN}\n\n{found}\n\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
