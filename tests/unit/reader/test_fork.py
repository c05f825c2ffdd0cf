"""Use of the reader in forked processes, as gunicorn and multiprocessing create them."""

import asyncio
import os
import signal
import threading
from collections.abc import Callable
from typing import Any

import pytest

from tests.unit.reader.scenario import NAME, START, ReaderScenario
from token_reader import AsyncTokenReader, TokenReader, clients

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork"),
    pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning"),
]


def holds_in_a_child(condition: Callable[[], bool]) -> bool:
    """Whether the condition is true in a forked child, within ten seconds."""
    if (child := os.fork()) == 0:
        status = 1
        try:
            signal.alarm(10)
            status = 0 if condition() else 1
        finally:
            os._exit(status)
    return os.waitpid(child, 0)[1] == 0


def test_a_child_forked_during_a_read_does_not_wait_for_its_parent(scenario: ReaderScenario):
    scenario.publish()
    reader = scenario.reader()
    parent, reading, go_on = os.getpid(), threading.Event(), threading.Event()

    def slowly_in_the_parent() -> None:
        if os.getpid() == parent:
            reading.set()
            assert go_on.wait(20)

    scenario.during_read = slowly_in_the_parent
    thread = threading.Thread(target=reader.get)
    thread.start()
    try:
        assert reading.wait(10)

        assert holds_in_a_child(lambda: reader.get().value == "token-1")
    finally:
        go_on.set()
        thread.join(10)


def test_coroutines_of_a_child_do_not_wait_for_their_parents_read(scenario: ReaderScenario):
    scenario.publish()
    reader = AsyncTokenReader(scenario.reader())
    parent, reading, go_on = os.getpid(), threading.Event(), threading.Event()

    def slowly_in_the_parent() -> None:
        if os.getpid() == parent:
            reading.set()
            assert go_on.wait(20)

    scenario.during_read = slowly_in_the_parent
    thread = threading.Thread(target=lambda: asyncio.run(reader.get()))
    thread.start()
    try:
        assert reading.wait(10)

        assert holds_in_a_child(lambda: asyncio.run(reader.get()).value == "token-1")
    finally:
        go_on.set()
        thread.join(10)


def test_a_child_keeps_the_cached_token(scenario: ReaderScenario):
    scenario.publish()
    reader = scenario.reader()
    reader.get()

    assert holds_in_a_child(lambda: reader.get().value == "token-1" and scenario.reads == 1)


def test_a_child_does_not_use_its_parents_connections(scenario: ReaderScenario):
    closed: list[int] = []
    scenario.close = lambda: closed.append(os.getpid())  # type: ignore[method-assign]
    scenario.publish()
    reader = scenario.reader()
    reader.get()

    def closes_once_before_it_reads() -> bool:
        for _ in range(2):
            scenario.clock.advance(seconds=2)
            reader.refresh(force=True)
        return closed == [os.getpid()]

    assert holds_in_a_child(closes_once_before_it_reads)
    assert closed == []


def test_a_child_creates_its_own_client(scenario: ReaderScenario, monkeypatch: pytest.MonkeyPatch):
    made_in: list[int] = []

    def client(_role_arn: str | None) -> Any:
        made_in.append(os.getpid())
        return scenario

    monkeypatch.setattr(clients, "_new", client)
    scenario.publish()
    reader = TokenReader(NAME, now=scenario.seconds)
    reader.get()
    parent = os.getpid()

    def makes_one() -> bool:
        scenario.clock.advance(seconds=2)
        reader.refresh(force=True)
        return made_in == [parent, os.getpid()]

    assert holds_in_a_child(makes_one)


@pytest.mark.parametrize("read_before", [True, False])
def test_a_child_reads_at_another_time_than_its_parent(
    scenario: ReaderScenario, *, read_before: bool
):
    """Also if it has the parent's token: with ``--preload`` all workers have the same."""
    scenario.publish()
    draws = iter([0.0, 0.75, 0.75])
    client: Any = scenario
    reader = TokenReader(
        NAME, client, now=scenario.seconds, ticks=scenario.ticks, jitter=lambda: next(draws)
    )
    if read_before:
        reader.get()
        assert reader.cached.fresh_until == START + 240
    else:
        next(draws)

    def reads_later() -> bool:
        reader.get()
        return reader.cached.fresh_until == START + 240 + 30 * 0.75

    assert holds_in_a_child(reads_later)
