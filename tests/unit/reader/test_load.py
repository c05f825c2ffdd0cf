"""200 threads and 2,000 asyncio tasks read through rotations and every kind of trouble."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from tests.unit.reader.world import ReaderScenario
from token_reader import AsyncTokenReader, TokenError, TokenReader

Read = tuple[float, float, str]
"""When it was asked, until when what was held lived, and what came: a token or an error's name."""


class Crowd:
    """Threads that read without pause and note what they got."""

    def __init__(self, world: ReaderScenario, reader: TokenReader, size: int) -> None:
        self._world = world
        self._reader = reader
        self._stop = threading.Event()
        self.counts = [0] * size
        self.wrong: list[Read] = []
        self.seen: set[str] = set()
        self._threads = [threading.Thread(target=self._read, args=(i,)) for i in range(size)]

    def _read(self, number: int) -> None:
        while not self._stop.is_set():
            asked, held = self._world.seconds(), self._reader.held
            try:
                token = self._reader.get()
            except TokenError as error:
                self._note((asked, held.expires_at, type(error).__name__))
                if self._world.seconds() < held.expires_at:
                    self.wrong.append((asked, held.expires_at, repr(error)))
            else:
                self._note((asked, held.expires_at, "token"))
                if token.expires_at.timestamp() <= asked:
                    self.wrong.append((asked, held.expires_at, token.value))
            self.counts[number] += 1
            time.sleep(0.001)

    def _note(self, read: Read) -> None:
        self.seen.add(read[2])

    def all_read(self, *, but: int = 0) -> None:
        """Until everybody, but for some, has begun and ended a read from now on."""
        before = list(self.counts)
        deadline = time.monotonic() + 20
        while sum(now < then + 2 for now, then in zip(self.counts, before, strict=True)) > but:
            assert time.monotonic() < deadline, "readers are blocked"
            time.sleep(0.001)

    def sees(self) -> set[str]:
        """What everybody gets from now on."""
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


def test_200_threads_through_three_rotations(world: ReaderScenario):
    world.publish()
    reader = world.reader(jitter=0.5)
    crowd = Crowd(world, reader, 200)
    reader.get()

    with crowd.reading():
        world.during_read = lambda: crowd.all_read(but=1)  # the one that looks
        for rotated_at in (240, 480, 720):
            world.at(rotated_at)
            token = world.publish()
            for passed in (5, 10, 15, 20):  # the look is due after 15 s
                world.at(rotated_at + passed)
                crowd.all_read(but=1)
            assert crowd.sees() == {"token"}
            assert reader.held.token.value == token

    assert crowd.wrong == []
    assert world.reads == 1 + 3
    assert world.most_in_flight == 1


def test_2000_tasks_through_three_rotations(world: ReaderScenario):
    world.publish()
    reader = AsyncTokenReader(world.reader(jitter=0.5))
    counts = [0] * 2000
    wrong: list[str] = []

    async def consume(number: int) -> None:
        while True:
            asked = world.seconds()
            token = await reader.get()
            if token.expires_at.timestamp() <= asked:
                wrong.append(token.value)
            counts[number] += 1
            await asyncio.sleep(0)

    async def all_read() -> None:
        before = list(counts)
        async with asyncio.timeout(20):
            while any(  # noqa: ASYNC110 - the tasks know of nobody who waits for them
                now < then + 2 for now, then in zip(counts, before, strict=True)
            ):
                await asyncio.sleep(0)

    async def run() -> None:
        tasks = [asyncio.create_task(consume(number)) for number in range(2000)]
        await all_read()
        assert world.reads == 1, "one read for everybody who waits"
        for rotated_at in (240, 480, 720):
            go_on = threading.Event()
            world.during_read = lambda event=go_on: _wait(event)  # type: ignore[misc]
            world.at(rotated_at)
            token = world.publish()
            world.at(rotated_at + 15)
            await all_read()  # with the old token, while Parameter Store takes its time
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
    assert world.reads == 1 + 3
    assert world.most_in_flight == 1


def _wait(event: threading.Event) -> None:
    assert event.wait(20), "the event loop is blocked"


def _throttled(world: ReaderScenario) -> None:
    world.fail("get_parameter", "ThrottlingException", times=10_000)


def _refused(world: ReaderScenario) -> None:
    world.fail("get_parameter", "AccessDeniedException", times=10_000)


@pytest.mark.parametrize(
    ("trouble", "error"),
    [
        (_throttled, "TokenUnavailable"),
        (_refused, "AccessDenied"),
        (ReaderScenario.delete, "TokenUnavailable"),
        (lambda world: world.write("garbage"), "RecordUnreadable"),
        (lambda world: None, "TokenExpired"),
    ],
    ids=["throttled", "refused", "deleted", "garbage", "not rotated"],
)
def test_50_threads_meet_trouble_only_when_the_cached_token_has_expired(
    world: ReaderScenario, trouble: Callable[[ReaderScenario], None], error: str
):
    world.publish()
    crowd = Crowd(world, world.reader(jitter=0.5), 50)

    with crowd.reading():
        assert crowd.sees() == {"token"}
        world.clock.advance(seconds=200)
        world.publish()
        world.clock.advance(seconds=60)
        assert crowd.sees() == {"token"}
        trouble(world)
        for _ in range(24):
            world.clock.advance(seconds=9.9)  # to 497.6; the token expires at 500
            crowd.all_read()
        assert crowd.sees() == {"token"}
        world.clock.advance(seconds=2.4)
        assert crowd.sees() == {error}
        world._failures.clear()  # noqa: SLF001
        world.publish()
        world.clock.advance(seconds=5)
        assert crowd.sees() == {"token"}

    assert crowd.wrong == []
    assert world.most_in_flight == 1
    assert world.reads < 70
