"""Property test: the reader keeps its promises in any sequence of events, and is never stuck.

The callers are threads or greenlets that wait where a real one could: for the lock, or for an
answer. Meanwhile the clocks are set or stand still, the process forks, credentials come and go.
"""

from typing import Any, ClassVar

import hypothesis.strategies as st
import pytest
from botocore.exceptions import NoCredentialsError
from hypothesis import settings
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.unit.reader.scenario import ReaderScenario
from tests.unit.reader.schedule import Caller, Greenlets, Schedule, ScheduledReadLock, Threads
from token_reader import AccessToken, TokenError
from token_reader.cache import READ_INTERVAL_SECONDS, Moment

MOST_CALLERS = 4
HOUR = 3600.0


class TimeLimit(Exception):
    """What celery raises in a task that takes too long."""


class AnyHistory(RuleBasedStateMachine):
    """One reader, its callers, and the events that hosts, clocks, the rotator and AWS may cause."""

    schedules: ClassVar[type[Schedule]] = Threads
    codes: ClassVar = ["ThrottlingException", "AccessDeniedException", "ExpiredTokenException"]
    steps: ClassVar = 0

    def __init__(self) -> None:
        super().__init__()
        self.schedule = self.schedules()
        self.scenario = ReaderScenario()
        self.scenario.during_read = self._read_begins
        self.scenario.after_read = self.schedule.read
        self.reader = self.scenario.reader(jitter=0.3)
        self._use_scheduled_lock()
        self.limits = 0
        self.asked: Moment | None = None
        self.answered: Moment | None = None
        """The last read, if it took no time. Then the next one is not due."""

    def _use_scheduled_lock(self) -> None:
        lock: Any = ScheduledReadLock(self.schedule)
        self.reader._lock = lock  # noqa: SLF001

    # What happens

    @rule(seconds=st.one_of(st.floats(0, 6), st.floats(0, 400)))
    def time_passes(self, seconds: float):
        self.scenario.clock.advance(seconds=seconds)

    @rule(seconds=st.sampled_from([3.0, 70.0, HOUR]))
    def frozen(self, seconds: float):
        self.scenario.step(seconds)

    @rule(error=st.sampled_from([-HOUR, -30.0, 0.0, 30.0, HOUR]))
    def clock_is_set(self, error: float):
        self.scenario.set_clock(error)

    @rule(what=st.sampled_from([0, 5, 60, 300, 400, "deleted", "garbage", "{}", "[]"]))
    def parameter_changes(self, what: object):
        if isinstance(what, int):
            self.scenario.publish(lifetime=what)
        elif what == "deleted":
            self.scenario.delete()
        else:
            self.scenario.write(str(what))

    @rule(seconds=st.sampled_from([-(10**9), 300, 10**9]))
    def overwritten_with_a_wrong_time_of_issue(self, seconds: int):
        self.scenario.write_fields(issued_at=int(self.scenario.seconds()) + seconds)

    @rule(how=st.sampled_from([*codes, NoCredentialsError(), None]), times=st.integers(1, 5))
    def aws_fails_or_recovers(self, how: Any, times: int):
        self.scenario.heal()
        if how is not None:
            self.scenario.fail("get_parameter", how, times=times)

    @rule()
    def caller_comes_when_a_read_is_due(self):
        self.scenario.clock.advance(seconds=300)
        self.caller_comes("get")

    @rule(how=st.sampled_from(["get", "refresh", "force"]))
    def caller_comes(self, how: str):
        if len(self._active()) == MOST_CALLERS:
            return
        calls: dict[str, Any] = {
            "get": self.reader.get,
            "refresh": self.reader.refresh,
            "force": lambda: self.reader.refresh(force=True),
        }
        self.schedule.start(lambda: self._checked(calls[how]))

    @precondition(lambda self: self._reading())
    @rule()
    def answer_arrives(self):
        self._reading()[0].goes_on = True
        self.schedule.settle()

    @precondition(lambda self: self._reading())
    @rule()
    def time_limit_in_the_read(self):
        self.limits += 1
        self.asked = self.answered = None
        self._reading()[0].interrupted = TimeLimit()
        self._reading()[0].goes_on = True
        self.schedule.settle()

    @precondition(lambda self: self._reading())
    @rule()
    def log_handler_asks_within_the_read(self):
        reading = self._reading()[0]
        answers: list[object] = []
        reading.handler = lambda: answers.append(self._checked(self._get_or_error))
        self.schedule.settle()
        assert len(answers) == 1, "the handler waits for itself"

    @precondition(lambda self: self._waiting())
    @rule()
    def caller_waits_no_longer(self):
        self._waiting()[0].gave_up = True
        self.schedule.settle()

    @rule()
    def forked(self):
        """The child has the reader as it is, and none of the parent's other callers."""
        cached, reading = self.reader.cached, self.reader._reading  # noqa: SLF001
        self.schedule.abandon()
        self.reader.cached, self.reader._reading = cached, reading  # noqa: SLF001
        if reading:
            self.schedule.start(self.reader._lock.current().acquire_for_ever)  # noqa: SLF001
            self.schedule.callers = []
        self.reader._after_fork()  # noqa: SLF001
        self.asked = self.answered = None

    # What must be true

    @rule(passes=st.sampled_from(["time", "frozen", "clock set back"]))
    def when_all_is_well_again_the_next_caller_gets_a_token(self, passes: str):
        self._finish()
        self.scenario.set_clock(0)
        self.scenario.heal()
        self.scenario.publish()
        if passes == "frozen":
            self.scenario.step(READ_INTERVAL_SECONDS)
        else:
            self.scenario.clock.advance(seconds=READ_INTERVAL_SECONDS)
        if passes == "clock set back":
            self.scenario.set_clock(-READ_INTERVAL_SECONDS)

        caller = self.schedule.start(self.reader.get)
        self._finish()

        assert isinstance(caller.result, AccessToken), caller.result
        assert caller.result.expires_at.timestamp() > self.scenario.seconds()

    @invariant()
    def the_steps_are_counted(self):
        type(self).steps += 1

    @invariant()
    def there_is_one_read_at_a_time(self):
        assert len(self._reading()) <= 1

    @invariant()
    def nobody_waits_without_a_read(self):
        assert self._reading() or not self._active()

    @invariant()
    def only_who_was_interrupted_gets_the_time_limit(self):
        limits = [one for one in self.schedule.callers if isinstance(one.result, TimeLimit)]
        assert len(limits) <= self.limits

    @invariant()
    def no_caller_gets_anything_but_a_token_or_its_error(self):
        for one in self.schedule.callers:
            expected = (AccessToken, TokenError, TimeLimit)
            assert not one.done or isinstance(one.result, expected), one.result
        self.schedule.callers = self._active()
        self.limits = 0 if not self.schedule.callers else self.limits

    @invariant()
    def a_token_that_is_returned_without_a_check_has_not_expired(self):
        cached = self.reader.cached
        assert cached.fresh_until <= cached.expires_at

    @invariant()
    def the_next_read_is_due_at_the_expiry_or_five_seconds_after_the_last_one(self):
        cached = self.reader.cached
        longest = max(cached.expires_at - cached.read_at.wall, READ_INTERVAL_SECONDS)
        assert cached.pause_seconds <= longest or cached.pause_seconds == 0

    def teardown(self):
        self.schedule.abandon()

    def _checked(self, call: Any) -> object:
        """A token that lives, or an error because there is none."""
        try:
            token = call()
        except TokenError:
            assert self.reader.cached.expires_at <= self.scenario.seconds()
            raise
        if isinstance(token, AccessToken):
            assert token.expires_at.timestamp() > self.scenario.seconds()
        return token

    def _get_or_error(self) -> object:
        try:
            return self.reader.get()
        except TokenError as error:
            return error

    def _read_begins(self) -> None:
        now = self.reader.moment()
        instant = self.asked is not None and self.asked == self.answered
        assert not (instant and now == self.answered), "a read that was not due"
        self.asked, self.answered = now, None
        self.scenario.after_read = self._read_ends

    def _read_ends(self) -> None:
        self.schedule.read()
        self.answered = self.reader.moment()

    def _finish(self) -> None:
        for _ in range(100):
            if not self._active():
                return
            for one in self._reading():
                one.goes_on = True
            self.schedule.settle()
        raise AssertionError("callers that never end")

    def _active(self) -> list[Caller]:
        return [one for one in self.schedule.callers if not one.done]

    def _reading(self) -> list[Caller]:
        return [one for one in self._active() if one.reads]

    def _waiting(self) -> list[Caller]:
        return [one for one in self._active() if one.waits]


class AnyHistoryOfGreenlets(AnyHistory):
    """The same with greenlets."""

    schedules = Greenlets


@pytest.mark.parametrize("histories", [AnyHistory, AnyHistoryOfGreenlets])
def test_any_history(histories: type[AnyHistory]):
    before = histories.steps
    run_state_machine_as_test(
        histories, settings=settings(max_examples=100, stateful_step_count=50, deadline=None)
    )
    print(f"{histories.steps - before} events")
