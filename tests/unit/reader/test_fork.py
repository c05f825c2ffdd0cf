"""A process forks, as gunicorn and multiprocessing do, at the worst moment."""

import os
import signal
import threading
from collections.abc import Callable
from typing import Any

import pytest

from tests.unit.reader.world import NAME, ReaderScenario
from token_reader import TokenReader, parameter

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork"),
    pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning"),
]


def in_a_child(question: Callable[[], bool]) -> bool:
    """Whether the question is answered with yes, and within ten seconds."""
    if (child := os.fork()) == 0:
        status = 1
        try:
            signal.alarm(10)
            status = 0 if question() else 1
        finally:
            os._exit(status)
    return os.waitpid(child, 0)[1] == 0


def test_a_child_of_a_process_that_was_reading_reads_for_itself(world: ReaderScenario):
    world.publish()
    reader = world.reader()
    parent, looking, go_on = os.getpid(), threading.Event(), threading.Event()

    def slowly_in_the_parent() -> None:
        if os.getpid() == parent:
            looking.set()
            assert go_on.wait(20)

    world.during_read = slowly_in_the_parent
    world.close = lambda: None  # type: ignore[attr-defined]
    thread = threading.Thread(target=reader.get)
    thread.start()
    try:
        assert looking.wait(10)

        assert in_a_child(lambda: reader.get().value == "token-1")
    finally:
        go_on.set()
        thread.join(10)


def test_a_child_keeps_the_cached_token(world: ReaderScenario):
    world.publish()
    reader = world.reader()
    reader.get()

    assert in_a_child(lambda: reader.get().value == "token-1" and world.reads == 1)


def test_a_child_leaves_its_parent_s_connections_alone(world: ReaderScenario):
    closed: list[int] = []
    world.close = lambda: closed.append(os.getpid())  # type: ignore[attr-defined]
    world.publish()
    reader = world.reader()
    reader.get()

    def closes_once_before_it_reads() -> bool:
        for _ in range(2):
            world.clock.advance(seconds=2)
            reader.refresh(force=True)
        return closed == [os.getpid()]

    assert in_a_child(closes_once_before_it_reads)
    assert closed == []


def test_a_child_makes_a_client_of_its_own(world: ReaderScenario, monkeypatch: pytest.MonkeyPatch):
    made_in: list[int] = []

    def client(_role_arn: str | None) -> Any:
        made_in.append(os.getpid())
        return world

    monkeypatch.setattr(parameter, "_new_client", client)
    world.publish()
    reader = TokenReader(NAME, now=world.seconds)
    reader.get()
    parent = os.getpid()

    def makes_one() -> bool:
        world.clock.advance(seconds=2)
        reader.refresh(force=True)
        return made_in == [parent, os.getpid()]

    assert in_a_child(makes_one)


def test_children_do_not_look_all_at_once(world: ReaderScenario):
    world.publish()
    draws = iter([0.0, 0.75])
    reader = TokenReader(NAME, world, now=world.seconds, jitter=lambda: next(draws))  # type: ignore[arg-type]
    world.close = lambda: None  # type: ignore[attr-defined]

    def looks_later() -> bool:
        held_for = reader.get().expires_at.timestamp() - reader.held.look_at
        return held_for == 60 - 30 * 0.75

    assert in_a_child(looks_later)
