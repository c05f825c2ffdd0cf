"""The world's own rules: without them the simulation would flatter whoever is in it."""

import itertools
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import jwt
import pytest

from fakes.keys import rsa_key
from studies.simulation.clock import CutOff, VirtualClock
from studies.simulation.conditions import BASELINE, HEALTHY
from studies.simulation.firings import firings
from studies.simulation.lambda_function import Firing, Handler, LambdaFunction
from studies.simulation.rotator import PARSED_ONCE, application
from studies.simulation.scripted import scripted_world
from studies.simulation.trace import Trace
from studies.simulation.weather import Fault, Service, Weather
from studies.simulation.world import PARAMETER, Scenario, downloaded, signing_key
from token_rotator.contract import Algorithm
from token_rotator.credential.assertion import AssertionSigner
from token_rotator.handler import invoke


def taking(seconds: float, begun: list[float]) -> Callable[[Scenario], Handler]:
    """A function that notes when it began, and takes its time."""

    def build(world: Scenario) -> Handler:
        def handle(event: dict[str, object], remaining: float) -> None:
            begun.append(round(world.clock.seconds, 3))
            world.clock.advance(seconds)

        return handle

    return build


def serve(function: LambdaFunction, *moments: float) -> None:
    function.serve(Firing.at(moment, {}) for moment in moments)


def test_a_busy_function_makes_the_queue_wait_1_2_4_seconds_and_longer():
    world, _ = scripted_world()
    begun: list[float] = []
    function = LambdaFunction(world, taking(10, begun), timeout_seconds=50)

    serve(function, 100, 101)

    assert begun[1] == 101 + 1 + 2 + 4 + 8


def test_an_event_that_waited_for_a_minute_is_dropped():
    world, _ = scripted_world()
    begun: list[float] = []
    function = LambdaFunction(world, taking(40, begun), timeout_seconds=50)

    serve(function, 100, 101)

    assert function.invocations == 1


def test_an_invocation_that_hangs_is_cut_off_and_its_environment_with_it():
    world, _ = scripted_world()
    built: list[Scenario] = []

    def build(world: Scenario) -> Handler:
        built.append(world)
        return taking(1000, [])(world)

    function = LambdaFunction(world, build, timeout_seconds=50)

    serve(function, 100, 200)

    assert (function.cut_off, function.longest_seconds, len(built)) == (2, 50, 2)


def test_schedules_fire_up_to_59_seconds_late():
    world = Scenario(Trace(5), HEALTHY)

    due = [one.due for one in firings(world, "s", every_seconds=240, event={}, until=2_000_000)]

    assert 290 < max(after - before for before, after in itertools.pairwise(due)) < 300


def test_schedules_rarely_fire_twice_or_not_at_all():
    world = Scenario(Trace(5), replace(BASELINE, lost=0.1, duplicated=0.02))

    due = list(firings(world, "s", every_seconds=240, event={}, until=2_000_000))

    assert len(due) / (2_000_000 / 240) == pytest.approx(1 - 0.1 + 0.02, abs=0.01)


def test_the_world_fails_as_often_as_its_conditions_say():
    weather = Weather(Trace(5), BASELINE, [])

    failing = sum(
        weather.fault(Service.IDENTITY_PROVIDER, second) is not None for second in range(50_000)
    )

    assert failing / 50_000 == pytest.approx(BASELINE.failing, rel=0.1)


def test_the_clock_stops_at_the_limit():
    clock = VirtualClock()
    clock.limit = 10

    with pytest.raises(CutOff):
        clock.advance(11)

    assert clock.seconds == 10


def test_a_write_whose_answer_is_lost_has_taken_effect():
    world, weather = scripted_world()
    weather.script({Service.PARAMETER_STORE: [(None, 0.1), (None, 0.1), (Fault.LOST_ANSWER, 0.1)]})

    with PARSED_ONCE:
        result = invoke(application(world), {}, remaining=timedelta(seconds=50))

    assert result["outcome"] == "published"
    assert world.lines[Service.PARAMETER_STORE].calls["put_parameter"] == 1


def test_an_expiry_scan_leaves_a_parameter_alone_whose_policy_moved():
    world, _ = scripted_world()
    app = application(world)
    with PARSED_ONCE:
        for _ in range(8):
            invoke(app, {}, remaining=timedelta(seconds=50))
            world.clock.advance(240)
            world.store.scan()

    assert len(world.ledger.publications) == 8
    assert len(world.store.parameter(PARAMETER).values) == 8, "never deleted in between"
    world.clock.advance(700)
    world.store.scan()
    assert not world.store.holds(PARAMETER)


def test_a_put_that_omits_the_policy_leaves_the_parameter_to_the_next_scan():
    world, _ = scripted_world()
    with PARSED_ONCE:
        invoke(application(world), {}, remaining=timedelta(seconds=50))
        world.clock.advance(240)
        value = world.store.value(PARAMETER)
        world.ssm.put_parameter(Name=PARAMETER, Value=value, Overwrite=True)

    world.clock.advance(400)
    world.store.scan()

    assert not world.store.holds(PARAMETER)


def test_the_real_signer_fits_into_the_model():
    world, _ = scripted_world()
    public = rsa_key(0).public_key()

    def read(assertion: str) -> tuple[str, int]:
        claims = jwt.decode(
            assertion, public, ["RS256"], options={"verify_aud": False, "verify_iat": False}
        )
        return signing_key(downloaded(0)), claims["iat"]

    world.identity_provider.read = read
    app = application(world, signer=AssertionSigner(algorithm=Algorithm.RS256))

    for _ in range(3):
        invoke(app, {}, remaining=timedelta(seconds=50))

    assert len(world.identity_provider.assertions) == 3
