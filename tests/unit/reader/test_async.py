"""AsyncTokenReader: reads never block the event loop, and cancellation affects one caller only."""

import asyncio
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
import trio
import trio.testing

import token_reader
from tests.support.canned_server import CannedServer, answer
from tests.unit.reader.loopback import parameter
from tests.unit.reader.scenario import ReaderScenario
from token_reader import AsyncTokenReader, HttpxAuth, TokenUnavailable

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


async def test_a_loop_whose_executor_is_full_of_waiters_gets_the_token(scenario: ReaderScenario):
    """The threads of the executor wait for something that comes after the token."""
    scenario.publish()
    reader = AsyncTokenReader(scenario.reader())
    loop, token_is_there = asyncio.get_running_loop(), threading.Event()
    executor = ThreadPoolExecutor(2)
    loop.set_default_executor(executor)
    full = [asyncio.create_task(asyncio.to_thread(_wait, token_is_there)) for _ in range(4)]
    await asyncio.sleep(0)

    async with asyncio.timeout(10):
        assert (await reader.get()).value == "token-1"

    token_is_there.set()
    await asyncio.gather(*full)


def test_in_trio_callers_share_a_read_and_a_cancelled_one_does_not_end_it(
    scenario: ReaderScenario,
):
    scenario.publish()
    reader = AsyncTokenReader(scenario.reader())
    go_on = threading.Event()
    scenario.during_read = lambda: _wait(go_on)
    found: list[str] = []

    async def caller() -> None:
        found.append((await reader.get()).value)

    async def main() -> None:
        with trio.fail_after(20):
            async with trio.open_nursery() as impatient:
                impatient.start_soon(caller)
                await trio.testing.wait_all_tasks_blocked()
                impatient.cancel_scope.cancel()
            async with trio.open_nursery() as nursery:
                for _ in range(10):
                    nursery.start_soon(caller)
                await trio.testing.wait_all_tasks_blocked()
                go_on.set()
            scenario.clock.advance(seconds=240)
            await caller()

    trio.run(main)

    assert found == ["token-1"] * 11
    assert scenario.reads in {1, 2}


def test_in_trio_a_hanging_read_in_the_mandatory_window_costs_no_caller_the_valid_token(
    scenario: ReaderScenario,
):
    scenario.publish()
    reader = AsyncTokenReader(scenario.reader())
    go_on = threading.Event()

    async def main() -> str:
        await reader.get()
        scenario.clock.advance(seconds=299.8)
        scenario.during_read = lambda: _wait(go_on)
        with trio.fail_after(20):
            return (await reader.get()).value

    try:
        assert trio.run(main) == "token-1"
    finally:
        go_on.set()


async def test_httpx_in_trio(scenario: ReaderScenario):
    scenario.publish()
    with CannedServer(answer()) as server:

        async def main() -> int:
            async with httpx.AsyncClient(auth=HttpxAuth(scenario.reader())) as client:
                return (await client.get(server.url)).status_code

        assert await asyncio.to_thread(trio.run, main) == 200
    assert b"Bearer token-1" in server.requests[0]


def test_another_event_loop_is_refused_by_name_and_gets_the_token_while_it_lives(
    scenario: ReaderScenario,
):
    scenario.publish()
    inner = scenario.reader()
    reader = AsyncTokenReader(inner)
    scenario.during_read = lambda: None

    with pytest.raises(RuntimeError, match="asyncio and trio"):
        reader.get().send(None)

    inner.refresh()
    scenario.clock.advance(seconds=240)
    with pytest.raises(StopIteration) as returned:
        reader.get().send(None)
    assert returned.value.value.value == "token-1"


AFTER_MAIN = """
import asyncio, sys, threading
from token_reader import AsyncTokenReader, TokenReader

def late():
    threading.main_thread().join()
    reader = TokenReader("/intelligence/marketing/access-token")
    if sys.argv[1] == "async":
        print(asyncio.run(AsyncTokenReader(reader).get()).value, flush=True)
    else:
        print(reader.get().value, flush=True)

threading.Thread(target=late).start()
"""


@pytest.mark.parametrize("how", ["sync", "async"])
def test_a_first_read_after_the_main_thread_ended(how: str, aws_environment: pytest.MonkeyPatch):
    with CannedServer(parameter()) as server:
        aws_environment.setenv("AWS_ENDPOINT_URL", server.url)
        aws_environment.setenv("PYTHONPATH", str(Path(token_reader.__file__).parents[1]))
        ended = subprocess.run(
            [sys.executable, "-c", AFTER_MAIN, how],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    assert ended.stdout == "abc\n", ended.stderr


async def test_where_no_thread_can_be_started_the_callers_own_reads_at_the_expiry(
    scenario: ReaderScenario, monkeypatch: pytest.MonkeyPatch
):
    scenario.publish()
    reader = AsyncTokenReader(scenario.reader())
    await reader.get()
    scenario.clock.advance(seconds=295)

    def no_more(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", no_more)
    assert (await reader.get()).value == "token-1"

    scenario.clock.advance(seconds=5)
    scenario.publish()
    assert (await reader.get()).value == "token-2", "read in the caller's own thread"


async def test_an_error_that_nobody_expects_is_raised_as_a_token_error_and_paced(
    scenario: ReaderScenario,
):
    class Unexpected(Exception):
        pass

    def breaks() -> None:
        raise Unexpected

    scenario.during_read = breaks
    reader = AsyncTokenReader(scenario.reader())

    for _ in range(3):
        with pytest.raises(TokenUnavailable, match="Unexpected"):
            await reader.get()

    assert scenario.reads == 1


def _wait(event: threading.Event) -> None:
    assert event.wait(20)
