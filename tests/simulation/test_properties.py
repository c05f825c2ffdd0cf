"""Property tests: what a rotation never does, in any sequence of triggers, changes and faults."""

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from studies.simulation.clock import START
from studies.simulation.hard_cases import HARD_CASES
from studies.simulation.identity_provider import valid_until
from studies.simulation.scripted import ScriptedOutcome
from studies.simulation.scripted_rotator import ScriptedRotator
from studies.simulation.services import Fault, Service
from studies.simulation.steps import SLOWEST, STEPS, WATCHDOG, Step
from token_rotator.contract import FUNCTION_TIMEOUT_SECONDS, Outcome
from token_rotator.parameter.record import Record
from token_rotator.timing import (
    HTTP_CONNECT_TIMEOUT,
    HTTP_READ_TIMEOUT,
    PUBLISH_RESERVE,
    REPORT_RESERVE,
)

ROUNDING_SECONDS = 0.001
"""The clock counts in floating-point seconds, datetimes in microseconds."""


def for_any_steps(test: Callable[[list[Step]], None]) -> Callable[[], None]:
    """Runs a test with random sequences of steps and with the hard cases."""
    quick = settings(
        max_examples=100,
        deadline=None,
        derandomize=True,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    for case in HARD_CASES:
        test = example(steps=case)(test)
    return quick(given(steps=st.lists(STEPS, min_size=3, max_size=6))(test))


@for_any_steps
def test_a_newer_token_is_never_replaced_by_one_that_expires_earlier(steps: list[Step]):
    rotator = ScriptedRotator()

    for step in steps:
        done = rotator.run(step)

        if done.value_before is not None and done.written:
            assert expires_at(done.written[0]) >= expires_at(done.value_before)


@for_any_steps
def test_an_invocation_writes_at_most_once(steps: list[Step]):
    rotator = ScriptedRotator()

    for step in steps:
        assert len(rotator.run(step).written) <= 1


@for_any_steps
def test_a_failed_rotation_has_not_written_a_record_unless_the_writes_answer_was_lost(
    steps: list[Step],
):
    rotator = ScriptedRotator()

    for step in steps:
        done = rotator.run(step)

        if done.failure is not None and done.written:
            lost = [fault for fault, _ in step.answers[Service.PARAMETER_STORE]]
            assert Fault.LOST_ANSWER in lost


@for_any_steps
def test_after_a_successful_rotation_readers_accept_the_record(steps: list[Step]):
    rotator = ScriptedRotator()

    for step in steps:
        done = rotator.run(step)

        if done.failure is None:
            assert rotator.consumer().get().value in rotator.values[-1]
            assert (done.outcome is Outcome.PUBLISHED) == bool(done.written)


@for_any_steps
def test_no_record_expires_later_than_its_token(steps: list[Step]):
    rotator = ScriptedRotator()

    for step in steps:
        for value in rotator.run(step).written:
            record = Record.from_json(value)
            dies = START.timestamp() + valid_until(record.access_token)
            assert record.expires_at.timestamp() <= dies


@for_any_steps
def test_no_assertion_is_sent_twice(steps: list[Step]):
    rotator = ScriptedRotator()

    for step in steps:
        rotator.run(step)

    assert set(rotator.scenario.identity_provider.assertions.values()) <= {1}


@for_any_steps
def test_a_refused_key_is_not_used_again_in_the_same_invocation(steps: list[Step]):
    rotator = ScriptedRotator()

    for step in steps:
        refused = rotator.run(step).refused

        assert len(refused) == len(set(refused))


@for_any_steps
def test_nothing_runs_past_the_deadline(steps: list[Step]):
    rotator = ScriptedRotator()
    longest = FUNCTION_TIMEOUT_SECONDS - REPORT_RESERVE.total_seconds()

    for step in steps:
        assert rotator.run(step).seconds <= longest + ROUNDING_SECONDS


@for_any_steps
def test_no_request_starts_that_could_end_too_late_to_publish(steps: list[Step]):
    rotator = ScriptedRotator()
    longest = FUNCTION_TIMEOUT_SECONDS - (REPORT_RESERVE + PUBLISH_RESERVE).total_seconds()

    for step in steps:
        assert rotator.run(step).latest_request_end <= longest + ROUNDING_SECONDS


@pytest.mark.parametrize("trigger", [{}, WATCHDOG])
def test_an_invocation_ends_in_time_even_if_every_call_is_as_slow_as_its_timeout_allows(
    trigger: dict[str, object],
):
    rotator = ScriptedRotator()
    slow: dict[Service, list[ScriptedOutcome]] = {
        service: [(None, seconds - 0.01)] * 50 for service, seconds in SLOWEST.items()
    }
    step = Step(pause=0, change=None, event=trigger, answers=slow)

    done = rotator.run(step)

    assert done.outcome is Outcome.PUBLISHED
    assert done.seconds <= FUNCTION_TIMEOUT_SECONDS - REPORT_RESERVE.total_seconds()


@pytest.mark.parametrize(
    ("fault", "seconds"),
    [
        (Fault.HANG, HTTP_READ_TIMEOUT.total_seconds()),
        (Fault.UNREACHABLE, HTTP_CONNECT_TIMEOUT.total_seconds()),
    ],
)
def test_one_unanswered_request_costs_one_timeout_and_the_rotation_succeeds(
    fault: Fault, seconds: float
):
    rotator = ScriptedRotator()

    at_discovery: list[ScriptedOutcome] = [(fault, 0.1)]
    at_exchange: list[ScriptedOutcome] = [(None, 0.1), (fault, 0.1)]
    for answers in (at_discovery, at_exchange):
        step = Step(
            pause=0,
            change="cold start",
            event={},
            answers={Service.IDENTITY_PROVIDER: answers},
        )
        done = rotator.run(step)

        assert done.outcome is Outcome.PUBLISHED
        assert seconds <= done.seconds < seconds + 2


def test_a_rotation_waits_for_a_slow_identity_provider():
    rotator = ScriptedRotator()
    slow = Step(
        pause=0,
        change=None,
        event={},
        answers={Service.IDENTITY_PROVIDER: [(None, 0.1), (None, 8.0)]},
    )

    done = rotator.run(slow)

    assert done.outcome is Outcome.PUBLISHED
    assert len(rotator.scenario.identity_provider.requests) == 1


def expires_at(value: str) -> float:
    return Record.from_json(value).expires_at.timestamp()
