"""Property test: the reader keeps its promises in any sequence of events."""

from collections.abc import Callable
from itertools import pairwise
from typing import ClassVar

import hypothesis.strategies as st
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from tests.unit.reader.scenario import START, ReaderScenario
from token_reader import AccessToken, TokenError
from token_reader.cache import FORCED_READ_INTERVAL_SECONDS, READ_INTERVAL_SECONDS


class AnyHistory(RuleBasedStateMachine):
    """One reader, and the events that the clock, the rotator and AWS may cause."""

    codes: ClassVar = ["ThrottlingException", "AccessDeniedException", "InternalServerError"]

    def __init__(self) -> None:
        super().__init__()
        self.scenario = ReaderScenario()
        self.reader = self.scenario.reader(jitter=0.3)
        self.living_until = START
        """The expiry of the last token that the reader returned."""

    @rule(seconds=st.one_of(st.floats(0, 6), st.floats(0, 400)))
    def time_passes(self, seconds: float):
        self.scenario.clock.advance(seconds=seconds)

    @rule(lifetime=st.integers(0, 400))
    def rotated(self, lifetime: int):
        self.scenario.publish(lifetime=lifetime)

    @rule(value=st.sampled_from(["garbage", "{}", "[]", '{"access_token": "x"}']))
    def overwritten(self, value: str):
        self.scenario.write(value)

    @rule(seconds=st.sampled_from([-(10**9), 300, 10**9]))
    def overwritten_with_a_wrong_time_of_issue(self, seconds: int):
        self.scenario.write_fields(issued_at=int(self.scenario.seconds()) + seconds)

    @rule()
    def deleted(self):
        self.scenario.delete()

    @rule(code=st.sampled_from(codes), times=st.integers(1, 5))
    def aws_fails(self, code: str, times: int):
        self.scenario.fail("get_parameter", code, times=times)

    @rule()
    def get(self):
        due = self.reader.cached.next_read_at
        reads = self.scenario.reads
        self._read(self.reader.get)
        assert self.scenario.reads - reads == (self.scenario.seconds() >= due)

    @rule()
    def refresh_by_force(self):
        reads, last = self.scenario.reads, self.reader.cached.last_read_at
        self._read(lambda: self.reader.refresh(force=True))
        too_soon = self.scenario.seconds() < last + FORCED_READ_INTERVAL_SECONDS
        assert self.scenario.reads - reads == (not too_soon)

    def _read(self, read: Callable[[], AccessToken]) -> None:
        now = self.scenario.seconds()
        try:
            token = read()
        except TokenError:
            assert now >= self.living_until
        else:
            assert token.expires_at.timestamp() > now
            self.living_until = token.expires_at.timestamp()

    @invariant()
    def two_reads_are_at_least_a_second_apart(self):
        reads = self.scenario.read_times
        assert all(
            later - earlier >= FORCED_READ_INTERVAL_SECONDS - 1e-3
            for earlier, later in pairwise(reads)
        )

    @invariant()
    def a_token_that_is_returned_without_a_check_has_not_expired(self):
        cached = self.reader.cached
        assert cached.fresh_until <= min(cached.expires_at, cached.next_read_at)

    @invariant()
    def the_next_read_is_due_at_the_expiry_or_five_seconds_after_the_last_one(self):
        cached = self.reader.cached
        if self.scenario.reads:
            interval_ends = cached.last_read_at + READ_INTERVAL_SECONDS
            assert cached.next_read_at <= max(cached.expires_at, interval_ends)


TestAnyHistory = AnyHistory.TestCase
TestAnyHistory.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
