"""Load: 200 threads and 2,000 asyncio tasks read during rotations and failures."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from tests.unit.reader.scenario import ReaderScenario
from token_reader import AsyncTokenReader, TokenError, TokenReader

Read = tuple[float, float, str]
"""Time of the read, expiry of the cached token, and the result: "token" or an error's name."""


class Crowd:
    """Threads that read continuously and record the results."""

    def __init__(self, scenario: ReaderScenario, reader: TokenReader, size: int) -> None:
        self._scenario = scenario
        self._reader = reader
        self._stop = threading.Event()
        self.counts = [0] * size
        self.wrong: list[Read] = []
        self.seen: set[str] = set()
        self._threads = [threading.Thread(target=self._read, args=(i,)) for i in range(size)]

    def _read(self, number: int) -> None:
        while not self._stop.is_set():
            asked, cached = self._scenario.seconds(), self._reader.cached
            try:
                token = self._reader.get()
            except TokenError as error:
                self._note((asked, cached.expires_at, type(error).__name__))
                if self._scenario.seconds() < cached.expires_at:
                    self.wrong.append((asked, cached.expires_at, repr(error)))
            else:
                self._note((asked, cached.expires_at, "token"))
                if token.expires_at.timestamp() <= asked:
                    self.wrong.append((asked, cached.expires_at, token.value))
            self.counts[number] += 1
            time.sleep(0.001)

    def _note(self, read: Read) -> None:
        self.seen.add(read[2])

    def all_read(self, *, but: int = 0) -> None:
        """Waits until all threads but ``but`` have started and finished a read from now on."""
        before = list(self.counts)
        deadline = time.monotonic() + 120
        while sum(now < then + 2 for now, then in zip(self.counts, before, strict=True)) > but:
            assert time.monotonic() < deadline, "readers are blocked"
            time.sleep(0.001)

    def sees(self) -> set[str]:
        """The results of all threads from now on."""
        self.all_read()
        self.seen = set()
        self.all_read()
        return self.seen

    @contextmanager
    def reading(self) -> Iterator[None]:
        for thread in self._threads:
            thread.start()
        try:
            yield
        finally:
            self._stop.set()
            for thread in self._threads:
                thread.join(20)


def test_200_threads_through_three_rotations(scenario: ReaderScenario):
    scenario.publish()
    reader = scenario.reader(jitter=0.5)
    crowd = Crowd(scenario, reader, 200)
    reader.get()

    with crowd.reading():
        scenario.during_read = lambda: crowd.all_read(but=1)  # all but the one that fetches
        for rotated_at in (240, 480, 720):
            scenario.at(rotated_at)
            token = scenario.publish()
            for passed in (5, 10, 15, 20):  # the read is due after 15 s
                scenario.at(rotated_at + passed)
                crowd.all_read(but=1)
            assert crowd.sees() == {"token"}
            assert reader.cached.token.value == token

    assert crowd.wrong == []
    assert scenario.reads == 1 + 3
    assert scenario.most_in_flight == 1


def test_2000_tasks_through_three_rotations(scenario: ReaderScenario):
    scenario.publish()
    reader = AsyncTokenReader(scenario.reader(jitter=0.5))
    counts = [0] * 2000
    wrong: list[str] = []

    async def consume(number: int) -> None:
        while True:
            asked = scenario.seconds()
            token = await reader.get()
            if token.expires_at.timestamp() <= asked:
                wrong.append(token.value)
            counts[number] += 1
            await asyncio.sleep(0)

    async def all_read() -> None:
        before = list(counts)
        async with asyncio.timeout(20):
            while any(  # noqa: ASYNC110 - the tasks do not signal that they have read
                now < then + 2 for now, then in zip(counts, before, strict=True)
            ):
                await asyncio.sleep(0)

    async def run() -> None:
        tasks = [asyncio.create_task(consume(number)) for number in range(2000)]
        await all_read()
        assert scenario.reads == 1, "all waiting tasks share one read"
        for rotated_at in (240, 480, 720):
            go_on = threading.Event()
            scenario.during_read = lambda event=go_on: _wait(event)  # type: ignore[misc]
            scenario.at(rotated_at)
            token = scenario.publish()
            scenario.at(rotated_at + 15)
            await all_read()  # they get the old token while Parameter Store is slow
            go_on.set()
            await all_read()
            async with asyncio.timeout(20):
                while (await reader.get()).value != token:  # noqa: ASYNC110
                    await asyncio.sleep(0.001)
        assert not any(task.done() for task in tasks)
        for task in tasks:
            task.cancel()

    asyncio.run(run())

    assert wrong == []
    assert scenario.reads == 1 + 3
    assert scenario.most_in_flight == 1


def _wait(event: threading.Event) -> None:
    assert event.wait(20), "the event loop is blocked"


def _throttled(scenario: ReaderScenario) -> None:
    scenario.fail("get_parameter", "ThrottlingException", times=10_000)


def _refused(scenario: ReaderScenario) -> None:
    scenario.fail("get_parameter", "AccessDeniedException", times=10_000)


@pytest.mark.parametrize(
    ("trouble", "error"),
    [
        (_throttled, "TokenUnavailable"),
        (_refused, "AccessDenied"),
        (ReaderScenario.delete, "TokenUnavailable"),
        (lambda scenario: scenario.write("garbage"), "RecordUnreadable"),
        (lambda scenario: None, "TokenExpired"),
    ],
    ids=["throttled", "refused", "deleted", "garbage", "not rotated"],
)
def test_50_threads_see_a_failure_only_when_the_cached_token_has_expired(
    scenario: ReaderScenario, trouble: Callable[[ReaderScenario], None], error: str
):
    scenario.publish()
    crowd = Crowd(scenario, scenario.reader(jitter=0.5), 50)

    with crowd.reading():
        assert crowd.sees() == {"token"}
        scenario.clock.advance(seconds=200)
        scenario.publish()
        scenario.clock.advance(seconds=60)
        assert crowd.sees() == {"token"}
        trouble(scenario)
        for _ in range(24):
            scenario.clock.advance(seconds=9.9)  # to 497.6; the token expires at 500
            crowd.all_read()
        assert crowd.sees() == {"token"}
        scenario.clock.advance(seconds=2.4)
        assert crowd.sees() == {error}
        scenario._failures.clear()  # noqa: SLF001
        scenario.publish()
        scenario.clock.advance(seconds=5)
        assert crowd.sees() == {"token"}

    assert crowd.wrong == []
    assert scenario.most_in_flight == 1
    assert scenario.reads < 70
