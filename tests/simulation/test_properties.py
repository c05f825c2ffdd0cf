"""Whatever happens, in whatever order: what a rotation never does."""

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from studies.simulation.anything import SLOWEST, STEPS, WATCHDOG, Step
from studies.simulation.clock import START
from studies.simulation.hard_cases import HARD_CASES
from studies.simulation.identity_provider import valid_until
from studies.simulation.scripted import ScriptedOutcome
from studies.simulation.taken import Rotator
from studies.simulation.weather import Fault, Service
from token_rotator.contract import FUNCTION_TIMEOUT_SECONDS, Outcome
from token_rotator.parameter.record import Record
from token_rotator.timing import HTTP_CONNECT, HTTP_READ, TO_PUBLISH, TO_REPORT

ROUNDING_SECONDS = 0.001
"""The clock counts in floating-point seconds, datetimes in microseconds."""


def whatever_happens(test: Callable[[list[Step]], None]) -> Callable[[], None]:
    """Any sequence of triggers, changes and faults."""
    quick = settings(
        max_examples=100,
        deadline=None,
        derandomize=True,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    for case in HARD_CASES:
        test = example(steps=case)(test)
    return quick(given(steps=st.lists(STEPS, min_size=3, max_size=6))(test))


@whatever_happens
def test_a_newer_token_is_never_replaced_by_one_that_expires_earlier(steps: list[Step]):
    rotator = Rotator()

    for step in steps:
        done = rotator.take(step)

        if done.value_before is not None and done.written:
            assert expires_at(done.written[0]) >= expires_at(done.value_before)


@whatever_happens
def test_an_invocation_writes_once_at_most(steps: list[Step]):
    rotator = Rotator()

    for step in steps:
        assert len(rotator.take(step).written) <= 1


@whatever_happens
def test_a_rotation_that_failed_left_the_record_alone_or_never_heard_that_it_was_written(
    steps: list[Step],
):
    rotator = Rotator()

    for step in steps:
        done = rotator.take(step)

        if done.failure is not None and done.written:
            lost = [fault for fault, _ in step.answers[Service.PARAMETER_STORE]]
            assert Fault.LOST_ANSWER in lost


@whatever_happens
def test_a_rotation_that_ended_well_left_a_record_that_readers_accept(steps: list[Step]):
    rotator = Rotator()

    for step in steps:
        done = rotator.take(step)

        if done.failure is None:
            assert rotator.consumer().get().value in rotator.values[-1]
            assert (done.outcome is Outcome.PUBLISHED) == bool(done.written)


@whatever_happens
def test_no_record_promises_more_life_than_its_token_has(steps: list[Step]):
    rotator = Rotator()

    for step in steps:
        for value in rotator.take(step).written:
            record = Record.from_json(value)
            dies = START.timestamp() + valid_until(record.access_token)
            assert record.expires_at.timestamp() <= dies


@whatever_happens
def test_no_assertion_is_sent_twice(steps: list[Step]):
    rotator = Rotator()

    for step in steps:
        rotator.take(step)

    assert set(rotator.world.identity_provider.assertions.values()) <= {1}


@whatever_happens
def test_a_refusal_is_never_repeated_unchanged(steps: list[Step]):
    rotator = Rotator()

    for step in steps:
        refused = rotator.take(step).refused

        assert len(refused) == len(set(refused)), "one key, refused once in an invocation"


@whatever_happens
def test_nothing_runs_past_the_deadline(steps: list[Step]):
    rotator = Rotator()
    longest = FUNCTION_TIMEOUT_SECONDS - TO_REPORT.total_seconds()

    for step in steps:
        assert rotator.take(step).seconds <= longest + ROUNDING_SECONDS


@whatever_happens
def test_no_request_begins_that_could_end_when_there_is_no_time_to_publish(steps: list[Step]):
    rotator = Rotator()
    longest = FUNCTION_TIMEOUT_SECONDS - (TO_REPORT + TO_PUBLISH).total_seconds()

    for step in steps:
        assert rotator.take(step).latest_request_end <= longest + ROUNDING_SECONDS


@pytest.mark.parametrize("trigger", [{}, WATCHDOG])
def test_every_call_as_slow_as_its_time_outs_allow_still_ends_in_time(trigger: dict[str, object]):
    rotator = Rotator()
    slow: dict[Service, list[ScriptedOutcome]] = {
        service: [(None, seconds - 0.01)] * 50 for service, seconds in SLOWEST.items()
    }
    step = Step(pause=0, change=None, event=trigger, answers=slow)

    done = rotator.take(step)

    assert done.outcome is Outcome.PUBLISHED
    assert done.seconds <= FUNCTION_TIMEOUT_SECONDS - TO_REPORT.total_seconds()


@pytest.mark.parametrize(
    ("fault", "seconds"),
    [
        (Fault.HANG, HTTP_READ.total_seconds()),
        (Fault.UNREACHABLE, HTTP_CONNECT.total_seconds()),
    ],
)
def test_one_silence_of_the_identity_provider_costs_one_time_out_and_not_the_rotation(
    fault: Fault, seconds: float
):
    rotator = Rotator()

    at_discovery: list[ScriptedOutcome] = [(fault, 0.1)]
    at_exchange: list[ScriptedOutcome] = [(None, 0.1), (fault, 0.1)]
    for answers in (at_discovery, at_exchange):
        step = Step(
            pause=0,
            change="cold start",
            event={},
            answers={Service.IDENTITY_PROVIDER: answers},
        )
        done = rotator.take(step)

        assert done.outcome is Outcome.PUBLISHED
        assert seconds <= done.seconds < seconds + 2


def test_an_identity_provider_that_is_slow_by_seconds_is_waited_for():
    rotator = Rotator()
    slow = Step(
        pause=0,
        change=None,
        event={},
        answers={Service.IDENTITY_PROVIDER: [(None, 0.1), (None, 8.0)]},
    )

    done = rotator.take(slow)

    assert done.outcome is Outcome.PUBLISHED
    assert len(rotator.world.identity_provider.requests) == 1


def expires_at(value: str) -> float:
    return Record.from_json(value).expires_at.timestamp()
