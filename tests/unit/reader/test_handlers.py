"""Log handlers, signal handlers and time limits that come in the middle of a read."""

import logging
import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.support.canned_server import CannedServer, Connection
from tests.unit.reader.loopback import parameter, reader_of
from tests.unit.reader.scenario import ReaderScenario
from token_reader import TokenError, TokenReader, TokenUnavailable
from token_reader.cache import WAIT_LIMIT_SECONDS


class SoftTimeLimitExceeded(Exception):
    """What celery raises from a signal handler."""


def test_a_handler_within_the_first_read_gets_an_error_at_once(scenario: ReaderScenario):
    scenario.publish()
    reader = scenario.reader()
    asked: list[BaseException] = []

    def log_handler() -> None:
        with pytest.raises(TokenUnavailable, match="still in progress") as caught:
            reader.get()
        asked.append(caught.value)

    scenario.during_read = log_handler

    assert reader.get().value == "token-1"
    assert len(asked) == 1
    assert scenario.reads == 1


def test_a_handler_within_a_later_read_gets_the_cached_token(scenario: ReaderScenario):
    scenario.publish()
    reader = scenario.reader()
    reader.get()
    scenario.clock.advance(seconds=295)
    scenario.publish()
    seen: list[str] = []
    scenario.during_read = lambda: seen.append(reader.refresh(force=True).value)

    assert reader.get().value == "token-2"
    assert seen == ["token-1"]


def test_a_log_handler_that_puts_the_token_into_its_requests_is_no_deadlock(
    aws_environment: pytest.MonkeyPatch,
):
    """botocore logs within the read; the handler asks the reader whose read this is."""
    with CannedServer(parameter()) as server:
        reader = reader_of(server, aws_environment)
        asked: list[str] = []

        class Shipper(logging.Handler):
            def emit(self, record: logging.LogRecord) -> None:
                try:
                    asked.append(reader.get().value)
                except TokenError as error:
                    asked.append(type(error).__name__)

        with _logged_by(Shipper()):
            assert reader.get().value == "abc"

    assert set(asked) <= {"TokenUnavailable", "abc"}
    assert "TokenUnavailable" in asked


@contextmanager
def _logged_by(handler: logging.Handler) -> Iterator[None]:
    logger = logging.getLogger("botocore")
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    try:
        yield
    finally:
        logger.setLevel(level)
        logger.removeHandler(handler)


def test_no_caller_waits_for_ever_for_another_ones_read(scenario: ReaderScenario):
    """A thread in a log handler, and a read whose thread waits for that handler's lock."""
    reader = scenario.reader()
    waits: list[float] = []

    class Busy:
        def acquire(self, *, timeout: float) -> bool:
            waits.append(timeout)
            return False

    class BusyLock:
        def current(self) -> Busy:
            return Busy()

        def after_fork(self) -> None:
            pass

    lock: Any = BusyLock()
    reader._lock = lock  # noqa: SLF001

    for call in (reader.get, reader.refresh, lambda: reader.refresh(force=True)):
        with pytest.raises(TokenUnavailable, match="still in progress"):
            call()
    assert waits == [WAIT_LIMIT_SECONDS] * 3


@pytest.mark.skipif(not hasattr(signal, "SIGUSR1"), reason="this system has no SIGUSR1")
def test_a_signal_handler_gets_the_token_in_any_moment(scenario: ReaderScenario):
    """Signals arrive between any two instructions: also between the lock and its owner's note."""
    scenario.publish()
    reader = scenario.reader()
    answers: list[object] = []

    def ask(*_: object) -> None:
        try:
            answers.append(reader.get().value)
        except TokenError as error:
            answers.append(error)

    before = signal.signal(signal.SIGUSR1, ask)
    stop = threading.Event()

    def shoot() -> None:
        while not stop.is_set():
            os.kill(os.getpid(), signal.SIGUSR1)
            time.sleep(0)

    shooter = threading.Thread(target=shoot)
    shooter.start()
    try:
        while len(answers) < 300:
            scenario.clock.advance(seconds=2)
            reader.refresh(force=True)
            if not scenario.published % 50:
                scenario.publish()
            scenario.publish()
    finally:
        stop.set()
        shooter.join(10)
        signal.signal(signal.SIGUSR1, before)

    assert scenario.most_in_flight == 1


def test_a_time_limit_in_a_read_reaches_the_caller(scenario: ReaderScenario):
    scenario.publish()
    reader = scenario.reader()

    def exceeded() -> None:
        raise SoftTimeLimitExceeded

    scenario.during_read = exceeded
    with pytest.raises(SoftTimeLimitExceeded):
        reader.get()

    scenario.during_read = lambda: None
    assert reader.get().value == "token-1", "and the next task reads at once"


# the signal may arrive between two lines of http.client, whose response nobody closes then
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="this system has no timers")
def test_a_time_limit_that_botocore_wraps_reaches_the_caller_and_is_not_retried(
    aws_environment: pytest.MonkeyPatch,
):
    """A signal handler raises while botocore waits for the answer."""

    def hangs(connection: Connection) -> None:
        os.kill(os.getpid(), signal.SIGUSR1)
        connection.pause(30)

    def exceeded(*_: object) -> None:
        raise SoftTimeLimitExceeded

    before = signal.signal(signal.SIGUSR1, exceeded)
    try:
        with CannedServer(hangs, parameter()) as server:
            reader = reader_of(server, aws_environment)
            with pytest.raises(SoftTimeLimitExceeded) as caught:
                reader.get()
            assert server.connections == 1
            assert "urllib3" not in str([frame.path for frame in caught.traceback])
    finally:
        signal.signal(signal.SIGUSR1, before)


def test_other_exceptions_of_the_application_pass_through_too(scenario: ReaderScenario):
    reader: TokenReader = scenario.reader()

    class Timeout(BaseException):
        """Like gevent's."""

    def exceeded() -> None:
        raise Timeout

    scenario.during_read = exceeded
    with pytest.raises(Timeout):
        reader.get()
