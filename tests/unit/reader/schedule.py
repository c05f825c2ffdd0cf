"""Threads or greenlets that go on only when the test says so."""

import threading
from collections.abc import Callable
from typing import Any

import greenlet  # type: ignore[import-untyped]


class Abandoned(BaseException):
    """Ends a caller of a process that no longer exists: its child goes on without it."""


class Caller:
    """A call in a thread or greenlet of its own."""

    def __init__(self, call: Callable[[], object]) -> None:
        self._call = call
        self.done = False
        self.result: object = None
        self.abandoned = False
        self.waits = False
        """For the lock."""
        self.gave_up = False
        self.reads = False
        self.goes_on = False
        self.interrupted: Exception | None = None
        self.handler: Callable[[], object] | None = None

    def run(self) -> None:
        try:
            self.result = self._call()
        except BaseException as exc:  # noqa: BLE001 - the test looks at it
            self.result = exc
        self.done = True


class Schedule:
    """Callers run until they block. What they wait for is decided by the test."""

    def __init__(self) -> None:
        self.callers: list[Caller] = []

    def start(self, call: Callable[[], object]) -> Caller:
        raise NotImplementedError

    def current(self) -> Caller:
        raise NotImplementedError

    def block(self, goes_on: Callable[[Caller], bool]) -> None:
        """Called by a caller: returns when ``goes_on`` is true of it."""
        raise NotImplementedError

    def settle(self) -> None:
        """Returns when every caller has ended, or waits for something that is not the case."""
        raise NotImplementedError

    def abandon(self) -> None:
        """Ends all callers."""
        for caller in self.callers:
            caller.abandoned = True
        self.settle()
        self.callers = []

    def read(self) -> None:
        """Called in a read: waits until the test lets it go on."""
        me = self.current()
        me.reads, me.goes_on = True, False
        try:
            while not me.goes_on:
                self.block(lambda one: one.goes_on or one.handler is not None or one.abandoned)
                if me.handler is not None:
                    handler, me.handler = me.handler, None
                    handler()
                if me.abandoned:
                    raise Abandoned
                if me.interrupted is not None:
                    raised, me.interrupted = me.interrupted, None
                    raise raised
        finally:
            me.reads = False


class Greenlets(Schedule):
    """Each caller is a greenlet."""

    def __init__(self) -> None:
        super().__init__()
        self._running: dict[Any, Caller] = {}

    def start(self, call: Callable[[], object]) -> Caller:
        caller = Caller(call)
        self._running[greenlet.greenlet(caller.run)] = caller
        self.callers.append(caller)
        self.settle()
        return caller

    def current(self) -> Caller:
        return self._running[greenlet.getcurrent()]

    def block(self, goes_on: Callable[[Caller], bool]) -> None:
        me = self.current()
        while not goes_on(me):
            greenlet.getcurrent().parent.switch()

    def settle(self) -> None:
        for _ in range(len(self._running) + 1):  # who goes on may let others go on
            for one in list(self._running):
                one.switch()
                if one.dead:
                    del self._running[one]


class Threads(Schedule):
    """Each caller is a thread."""

    def __init__(self) -> None:
        super().__init__()
        self._changed = threading.Condition()
        self._mine = threading.local()
        self._blocked: set[Caller] = set()

    def start(self, call: Callable[[], object]) -> Caller:
        caller = Caller(call)

        def run() -> None:
            self._mine.caller = caller
            caller.run()
            with self._changed:
                self._changed.notify_all()

        self.callers.append(caller)
        threading.Thread(target=run, daemon=True).start()
        self.settle()
        return caller

    def current(self) -> Caller:
        caller: Caller = self._mine.caller
        return caller

    def block(self, goes_on: Callable[[Caller], bool]) -> None:
        me = self.current()
        with self._changed:
            while not goes_on(me):
                self._blocked.add(me)
                self._changed.notify_all()
                self._changed.wait(60)

    def settle(self) -> None:
        with self._changed:
            for _ in range(len(self.callers) + 1):
                self._blocked = set()
                self._changed.notify_all()
                assert self._changed.wait_for(
                    lambda: all(one.done or one in self._blocked for one in self.callers), 60
                ), "a caller is stuck outside of the reader's lock"


class ScheduledLock:
    """A re-entrant lock whose waiters give up when the test says so."""

    def __init__(self, schedule: Schedule) -> None:
        self._schedule = schedule
        self._owner: Caller | None = None
        self._entered = 0

    def acquire(self, *, timeout: float) -> bool:
        me = self._schedule.current()
        if self._owner not in (None, me) and timeout > 0:
            me.waits, me.gave_up = True, False
            self._schedule.block(lambda one: self._owner is None or one.gave_up or one.abandoned)
            me.waits = False
            if me.abandoned:
                raise Abandoned
        if self._owner not in (None, me):
            return False
        self._owner, self._entered = me, self._entered + 1
        return True

    def acquire_for_ever(self) -> None:
        """As a thread that a fork has left behind."""
        self.acquire(timeout=0)

    def release(self) -> None:
        self._entered -= 1
        if not self._entered:
            self._owner = None


class ScheduledReadLock:
    """In the place of a reader's ReadLock."""

    def __init__(self, schedule: Schedule) -> None:
        self._schedule = schedule
        self._lock = ScheduledLock(schedule)

    def current(self) -> ScheduledLock:
        return self._lock

    def after_fork(self) -> None:
        self._lock = ScheduledLock(self._schedule)
