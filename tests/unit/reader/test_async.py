"""What differs for coroutines: nobody blocks the loop, and a cancelled caller cancels nobody."""

import asyncio
import threading

import pytest

from tests.unit.reader.world import ReaderScenario
from token_reader import AsyncTokenReader, TokenUnavailable

pytestmark = pytest.mark.anyio


async def test_in_the_advisory_window_not_even_the_first_caller_waits(world: ReaderScenario):
    world.publish()
    reader = AsyncTokenReader(world.reader())
    await reader.get()
    world.clock.advance(seconds=240)
    world.publish()
    go_on = threading.Event()
    world.during_read = lambda: _wait(go_on)

    assert (await reader.get()).value == "token-1"
    go_on.set()
    while (token := await reader.get()).value == "token-1":  # noqa: ASYNC110 - a thread looks
        await asyncio.sleep(0.001)

    assert token.value == "token-2"
    assert world.reads == 2


async def test_a_cancelled_caller_does_not_cancel_the_others_look(world: ReaderScenario):
    world.publish()
    reader = AsyncTokenReader(world.reader())
    go_on = threading.Event()
    world.during_read = lambda: _wait(go_on)
    impatient, patient = (asyncio.create_task(reader.get()) for _ in range(2))
    await asyncio.sleep(0.01)

    impatient.cancel()
    go_on.set()

    assert (await patient).value == "token-1"
    assert world.reads == 1


async def test_whoever_waits_shares_one_thread(world: ReaderScenario):
    """The loop's other work needs the rest of them."""
    world.publish()
    reader = AsyncTokenReader(world.reader())
    go_on = threading.Event()
    world.during_read = lambda: _wait(go_on)
    waiting = [asyncio.create_task(reader.get()) for _ in range(100)]
    await asyncio.sleep(0.01)

    try:
        async with asyncio.timeout(5):
            await asyncio.to_thread(lambda: None)
    finally:
        go_on.set()

    assert {token.value for token in await asyncio.gather(*waiting)} == {"token-1"}


async def test_everybody_gets_an_error_of_his_own(world: ReaderScenario):
    reader = AsyncTokenReader(world.reader())

    errors = await asyncio.gather(*(reader.get() for _ in range(3)), return_exceptions=True)

    assert {type(error) for error in errors} == {TokenUnavailable}
    assert len({id(error) for error in errors}) == 3
    assert world.reads == 1


async def test_refresh_by_force_reads_at_once(world: ReaderScenario):
    world.publish()
    reader = AsyncTokenReader(world.reader())
    assert await reader.authorization_header() == {"Authorization": "Bearer token-1"}
    world.clock.advance(seconds=2)
    world.publish()

    tokens = await asyncio.gather(*(reader.refresh(force=True) for _ in range(10)))

    assert {token.value for token in tokens} == {"token-2"}
    assert world.reads == 2


def test_one_reader_serves_loop_after_loop(world: ReaderScenario):
    """A look that died with its loop is nobody's to wait for."""
    world.publish()
    reader = AsyncTokenReader(world.reader())
    abandoned = asyncio.new_event_loop()
    stuck = threading.Event()
    world.during_read = lambda: _wait(stuck)
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
