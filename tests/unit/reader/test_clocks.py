"""Clocks that are wrong, are set, or stand still while the process is frozen."""

import asyncio
import contextlib
import random
import threading
from collections.abc import Callable
from typing import Any

import pytest

from tests.unit.reader.scenario import NAME, START, ReaderScenario
from token_reader import AsyncTokenReader, TokenError, TokenExpired, TokenReader, aio
from token_reader.cache import READ_INTERVAL_SECONDS

HOUR = 3600


def test_a_clock_that_was_ahead_at_the_first_read_is_forgotten_when_it_is_right(
    scenario: ReaderScenario,
):
    scenario.publish()
    reader = scenario.reader()
    scenario.step(HOUR)
    with pytest.raises(TokenExpired, match="clock"):
        reader.get()

    scenario.step(-HOUR)

    assert reader.get().value == "token-1"


def test_a_forced_read_does_not_wait_for_a_moment_that_a_clock_had_promised(
    scenario: ReaderScenario,
):
    scenario.publish()
    scenario.step(HOUR)
    scenario.publish()
    reader = scenario.reader()
    reader.get()

    scenario.step(-HOUR)
    newer = scenario.publish()

    assert reader.refresh(force=True).value == newer


@pytest.mark.parametrize("step", [-HOUR, -2.0, HOUR])
@pytest.mark.parametrize("failing", ["ThrottlingException", "expired", None])
def test_after_a_step_in_either_direction_the_next_token_is_found_within_a_read_interval(
    scenario: ReaderScenario, step: float, failing: str | None
):
    if failing:
        scenario.fail("get_parameter", "ThrottlingException", times=failing.count("Throttling"))
    else:
        scenario.publish()
    reader = scenario.reader()
    _try(reader.get)

    scenario.step(step)
    newer = scenario.publish()
    scenario.clock.advance(seconds=READ_INTERVAL_SECONDS)
    token = reader.get()

    assert token.expires_at.timestamp() > scenario.seconds()
    assert token.value == newer or not failing


def test_a_clock_that_is_set_back_does_not_make_a_token_live_longer(scenario: ReaderScenario):
    """The cached token seems to have an hour left, but its reader has held it for a minute."""
    scenario.publish()
    reader = scenario.reader()
    reader.get()
    scenario.clock.advance(seconds=10)
    scenario.step(-HOUR)
    _try(reader.get)

    scenario.clock.advance(seconds=240)
    reads = scenario.reads
    _try(reader.get)

    assert scenario.reads == reads + 1


def test_a_clock_that_is_behind_reads_again_when_the_tokens_lifetime_is_over(
    scenario: ReaderScenario,
):
    scenario.publish()
    scenario.step(-HOUR)
    reader = scenario.reader()
    reader.get()

    assert reader.cached.fresh_until == scenario.seconds() + 240


def test_a_wall_clock_that_stands_still_does_not_keep_a_token(scenario: ReaderScenario):
    scenario.publish()
    reader = scenario.reader()
    reader.get()
    scenario.clock.advance(seconds=240)
    scenario.step(-240)
    newer = scenario.publish()

    assert reader.get().value == newer


@pytest.mark.parametrize("trouble", ["expired", "ThrottlingException", "nothing held"])
def test_an_answer_that_was_asked_for_before_the_token_ended_is_asked_for_again(
    scenario: ReaderScenario, trouble: str
):
    scenario.publish()
    reader = scenario.reader()
    if trouble != "nothing held":
        reader.get()
        scenario.clock.advance(seconds=250)
    if trouble == "ThrottlingException":
        scenario.fail("get_parameter", trouble)
    newer: list[str] = []

    def thawed_after_the_answer() -> None:
        if not newer:
            scenario.step(HOUR)
            newer.append(scenario.publish())

    scenario.after_read = thawed_after_the_answer

    assert reader.get().value == newer[0]
    assert scenario.reads <= 3


def test_a_process_that_is_frozen_after_its_read_reads_once_more(scenario: ReaderScenario):
    scenario.publish()
    reader = scenario.reader()
    frozen = iter([True, False])

    def frozen_after_the_read() -> float:
        if scenario.reads and not threading.current_thread().daemon and next(frozen, False):
            scenario.step(HOUR)
            scenario.publish()
        return scenario.ticks()

    reader.ticks = frozen_after_the_read  # type: ignore[misc]

    assert reader.get().value == "token-2"


@pytest.mark.parametrize("how", ["sync", "async"])
def test_a_caller_whose_token_ends_while_it_waits_for_a_read_waits_for_the_next_one(
    scenario: ReaderScenario, monkeypatch: pytest.MonkeyPatch, how: str
):
    """A process that gets no processor time for a moment, just before the expiry."""
    scenario.publish()
    reader = scenario.reader()
    reader.get()
    scenario.clock.advance(seconds=299)
    delayed = iter([True])

    def waits_in_vain() -> bool:
        if next(delayed, False):
            scenario.clock.advance(seconds=2)
            scenario.publish()
            return True
        return False

    read_if_due, ended = reader.read_if_due, aio._Read.wait_for_end  # noqa: SLF001

    def read(**arguments: Any) -> bool:
        return not waits_in_vain() and read_if_due(**arguments)

    async def ended_in_vain(self: aio._Read, seconds: float) -> bool:
        return not waits_in_vain() and await ended(self, seconds)

    if how == "sync":
        monkeypatch.setattr(reader, "read_if_due", read)
        assert reader.get().value == "token-2"
    else:
        monkeypatch.setattr(aio._Read, "wait_for_end", ended_in_vain)  # noqa: SLF001
        assert asyncio.run(AsyncTokenReader(reader).get()).value == "token-2"


def test_the_applications_seed_does_not_decide_when_processes_read(scenario: ReaderScenario):
    scenario.publish()
    moments = set()
    client: object = scenario

    for _ in range(10):
        random.seed(0)
        reader = TokenReader(NAME, client, now=scenario.seconds, ticks=scenario.ticks)  # type: ignore[arg-type]
        reader.get()
        moments.add(reader.cached.fresh_until - START)
        assert random.random() == random.Random(0).random(), "the application's own sequence"

    assert len(moments) > 5


def test_each_record_is_read_at_another_time(scenario: ReaderScenario):
    client: object = scenario
    reader = TokenReader(NAME, client, now=scenario.seconds, ticks=scenario.ticks)  # type: ignore[arg-type]
    ahead = set()

    for _ in range(10):
        scenario.publish()
        scenario.clock.advance(seconds=2)
        expires_at = reader.refresh(force=True).expires_at.timestamp()
        ahead.add(round(expires_at - reader.cached.fresh_until, 3))

    assert len(ahead) > 5


def _try(read: Callable[[], object]) -> None:
    with contextlib.suppress(TokenError):
        read()
