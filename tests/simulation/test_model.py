"""The simulation's model: queue, schedules, faults, clock, Parameter Store and signatures."""

import itertools
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import jwt
import pytest

from fakes.keys import rsa_key
from studies.simulation.clock import TimeoutReached, VirtualClock
from studies.simulation.conditions import BASELINE, HEALTHY
from studies.simulation.lambda_function import Handler, LambdaFunction, QueuedEvent
from studies.simulation.rotator import PARSED_ONCE, application
from studies.simulation.scenario import PARAMETER, Scenario, downloaded, signing_key
from studies.simulation.schedules import scheduled_events
from studies.simulation.scripted import scripted_scenario
from studies.simulation.services import Fault, Service, Services
from studies.simulation.trace import Trace
from token_rotator.contract import Algorithm
from token_rotator.credential.assertion import AssertionSigner
from token_rotator.handler import invoke


def taking(seconds: float, begun: list[float]) -> Callable[[Scenario], Handler]:
    """A function that records when it starts and runs for this many seconds."""

    def build(scenario: Scenario) -> Handler:
        def handle(event: dict[str, object], remaining: float) -> None:
            begun.append(round(scenario.clock.seconds, 3))
            scenario.clock.advance(seconds)

        return handle

    return build


def serve(function: LambdaFunction, *moments: float) -> None:
    function.serve(QueuedEvent.at(moment, {}) for moment in moments)


def test_an_event_for_a_busy_function_is_delivered_again_after_1_2_4_seconds_and_longer():
    scenario, _ = scripted_scenario()
    begun: list[float] = []
    function = LambdaFunction(scenario, taking(10, begun), timeout_seconds=50)

    serve(function, 100, 101)

    assert begun[1] == 101 + 1 + 2 + 4 + 8


def test_an_event_that_waited_for_a_minute_is_dropped():
    scenario, _ = scripted_scenario()
    begun: list[float] = []
    function = LambdaFunction(scenario, taking(40, begun), timeout_seconds=50)

    serve(function, 100, 101)

    assert function.invocations == 1


def test_the_timeout_ends_an_invocation_that_hangs_and_its_environment():
    scenario, _ = scripted_scenario()
    built: list[Scenario] = []

    def build(scenario: Scenario) -> Handler:
        built.append(scenario)
        return taking(1000, [])(scenario)

    function = LambdaFunction(scenario, build, timeout_seconds=50)

    serve(function, 100, 200)

    assert (function.cut_off, function.longest_seconds, len(built)) == (2, 50, 2)


def test_schedules_are_up_to_59_seconds_late():
    scenario = Scenario(Trace(5), HEALTHY)

    due = [
        one.due
        for one in scheduled_events(scenario, "s", every_seconds=240, payload={}, until=2_000_000)
    ]

    assert 290 < max(after - before for before, after in itertools.pairwise(due)) < 300


def test_schedules_rarely_send_an_event_twice_or_not_at_all():
    scenario = Scenario(Trace(5), replace(BASELINE, lost=0.1, duplicated=0.02))

    due = list(scheduled_events(scenario, "s", every_seconds=240, payload={}, until=2_000_000))

    assert len(due) / (2_000_000 / 240) == pytest.approx(1 - 0.1 + 0.02, abs=0.01)


def test_services_fail_as_often_as_the_conditions_say():
    services = Services(Trace(5), BASELINE, [])

    failing = sum(
        services.fault(Service.IDENTITY_PROVIDER, second) is not None for second in range(50_000)
    )

    assert failing / 50_000 == pytest.approx(BASELINE.failing, rel=0.1)


def test_the_clock_stops_at_the_limit():
    clock = VirtualClock()
    clock.limit = 10

    with pytest.raises(TimeoutReached):
        clock.advance(11)

    assert clock.seconds == 10


def test_a_write_whose_answer_is_lost_has_taken_effect():
    scenario, services = scripted_scenario()
    services.script({Service.PARAMETER_STORE: [(None, 0.1), (None, 0.1), (Fault.LOST_ANSWER, 0.1)]})

    with PARSED_ONCE:
        result = invoke(application(scenario), {}, remaining=timedelta(seconds=50))

    assert result["outcome"] == "published"
    assert scenario.aws_calls[Service.PARAMETER_STORE].count["put_parameter"] == 1


def test_an_expiry_scan_keeps_a_parameter_whose_policy_was_renewed():
    scenario, _ = scripted_scenario()
    app = application(scenario)
    with PARSED_ONCE:
        for _ in range(8):
            invoke(app, {}, remaining=timedelta(seconds=50))
            scenario.clock.advance(240)
            scenario.store.scan()

    assert len(scenario.history.publications) == 8
    assert len(scenario.store.parameter(PARAMETER).values) == 8, "never deleted in between"
    scenario.clock.advance(700)
    scenario.store.scan()
    assert not scenario.store.holds(PARAMETER)


def test_a_put_that_omits_the_policy_keeps_the_old_one_so_that_a_scan_deletes_the_parameter():
    scenario, _ = scripted_scenario()
    with PARSED_ONCE:
        invoke(application(scenario), {}, remaining=timedelta(seconds=50))
        scenario.clock.advance(240)
        value = scenario.store.value(PARAMETER)
        scenario.ssm.put_parameter(Name=PARAMETER, Value=value, Overwrite=True)

    scenario.clock.advance(400)
    scenario.store.scan()

    assert not scenario.store.holds(PARAMETER)


def test_the_model_accepts_the_real_signer():
    scenario, _ = scripted_scenario()
    public = rsa_key(0).public_key()

    def read(assertion: str) -> tuple[str, int]:
        claims = jwt.decode(
            assertion, public, ["RS256"], options={"verify_aud": False, "verify_iat": False}
        )
        return signing_key(downloaded(0)), claims["iat"]

    scenario.identity_provider.read = read
    app = application(scenario, signer=AssertionSigner(algorithm=Algorithm.RS256))

    for _ in range(3):
        invoke(app, {}, remaining=timedelta(seconds=50))

    assert len(scenario.identity_provider.assertions) == 3
