"""AsyncTokenReader: reads never block the event loop, and cancellation affects one caller only."""

import asyncio
import threading

import pytest

from tests.unit.reader.scenario import ReaderScenario
from token_reader import AsyncTokenReader, TokenUnavailable

pytestmark = pytest.mark.anyio


async def test_in_the_advisory_window_no_caller_waits_for_the_read(scenario: ReaderScenario):
    scenario.publish()
    reader = AsyncTokenReader(scenario.reader())
    await reader.get()
    scenario.clock.advance(seconds=240)
    scenario.publish()
    go_on = threading.Event()
    scenario.during_read = lambda: _wait(go_on)

    assert (await reader.get()).value == "token-1"
    go_on.set()
    while (token := await reader.get()).value == "token-1":  # noqa: ASYNC110 - a thread reads
        await asyncio.sleep(0.001)

    assert token.value == "token-2"
    assert scenario.reads == 2


async def test_a_cancelled_caller_does_not_cancel_the_read_for_others(scenario: ReaderScenario):
    scenario.publish()
    reader = AsyncTokenReader(scenario.reader())
    go_on = threading.Event()
    scenario.during_read = lambda: _wait(go_on)
    impatient, patient = (asyncio.create_task(reader.get()) for _ in range(2))
    await asyncio.sleep(0.01)

    impatient.cancel()
    go_on.set()

    assert (await patient).value == "token-1"
    assert scenario.reads == 1


async def test_all_waiting_callers_share_one_thread(scenario: ReaderScenario):
    """The application needs the other threads of the loop's executor."""
    scenario.publish()
    reader = AsyncTokenReader(scenario.reader())
    go_on = threading.Event()
    scenario.during_read = lambda: _wait(go_on)
    waiting = [asyncio.create_task(reader.get()) for _ in range(100)]
    await asyncio.sleep(0.01)

    try:
        async with asyncio.timeout(5):
            await asyncio.to_thread(lambda: None)
    finally:
        go_on.set()

    assert {token.value for token in await asyncio.gather(*waiting)} == {"token-1"}


async def test_each_caller_gets_its_own_error(scenario: ReaderScenario):
    reader = AsyncTokenReader(scenario.reader())

    errors = await asyncio.gather(*(reader.get() for _ in range(3)), return_exceptions=True)

    assert {type(error) for error in errors} == {TokenUnavailable}
    assert len({id(error) for error in errors}) == 3
    assert scenario.reads == 1


async def test_refresh_by_force_reads_at_once(scenario: ReaderScenario):
    scenario.publish()
    reader = AsyncTokenReader(scenario.reader())
    assert await reader.authorization_header() == {"Authorization": "Bearer token-1"}
    scenario.clock.advance(seconds=2)
    scenario.publish()

    tokens = await asyncio.gather(*(reader.refresh(force=True) for _ in range(10)))

    assert {token.value for token in tokens} == {"token-2"}
    assert scenario.reads == 2


def test_one_reader_serves_several_event_loops_in_turn(scenario: ReaderScenario):
    """A caller in a new loop does not wait for a read that an old loop has started."""
    scenario.publish()
    reader = AsyncTokenReader(scenario.reader())
    abandoned = asyncio.new_event_loop()
    stuck = threading.Event()
    scenario.during_read = lambda: _wait(stuck)
    waiting = abandoned.create_task(reader.get())
    abandoned.run_until_complete(asyncio.sleep(0.01))
    stuck.set()

    assert asyncio.run(_within(10, reader)) == "token-1"

    abandoned.run_until_complete(waiting)
    abandoned.run_until_complete(abandoned.shutdown_default_executor())
    abandoned.close()


async def _within(seconds: float, reader: AsyncTokenReader) -> str:
    async with asyncio.timeout(seconds):
        return (await reader.get()).value


def _wait(event: threading.Event) -> None:
    assert event.wait(20)
