"""Whatever happens to the parameter, in whatever order, the reader's promises hold."""

from collections.abc import Callable
from itertools import pairwise
from typing import ClassVar

import hypothesis.strategies as st
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from tests.unit.reader.world import START, ReaderScenario
from token_reader import AccessToken, TokenError
from token_reader.windows import FORCED_PACE_SECONDS, PACE_SECONDS


class AnyHistory(RuleBasedStateMachine):
    """One reader, and everything that time, the rotator and AWS may do."""

    codes: ClassVar = ["ThrottlingException", "AccessDeniedException", "InternalServerError"]

    def __init__(self) -> None:
        super().__init__()
        self.world = ReaderScenario()
        self.reader = self.world.reader(jitter=0.3)
        self.living_until = START
        """The expiry of the last token that came."""

    @rule(seconds=st.one_of(st.floats(0, 6), st.floats(0, 400)))
    def time_passes(self, seconds: float):
        self.world.clock.advance(seconds=seconds)

    @rule(lifetime=st.integers(0, 400))
    def rotated(self, lifetime: int):
        self.world.publish(lifetime=lifetime)

    @rule(value=st.sampled_from(["garbage", "{}", "[]", '{"access_token": "x"}']))
    def overwritten(self, value: str):
        self.world.write(value)

    @rule()
    def deleted(self):
        self.world.delete()

    @rule(code=st.sampled_from(codes), times=st.integers(1, 5))
    def aws_fails(self, code: str, times: int):
        self.world.fail("get_parameter", code, times=times)

    @rule()
    def get(self):
        due = self.reader.held.look_at
        reads = self.world.reads
        self._read(self.reader.get)
        assert self.world.reads - reads == (self.world.seconds() >= due)

    @rule()
    def refresh_by_force(self):
        reads, last = self.world.reads, self.reader.held.looked_at
        self._read(lambda: self.reader.refresh(force=True))
        insisted_too_soon = self.world.seconds() < last + FORCED_PACE_SECONDS
        assert self.world.reads - reads == (not insisted_too_soon)

    def _read(self, read: Callable[[], AccessToken]) -> None:
        now = self.world.seconds()
        try:
            token = read()
        except TokenError:
            assert now >= self.living_until
        else:
            assert token.expires_at.timestamp() > now
            self.living_until = token.expires_at.timestamp()

    @invariant()
    def no_look_follows_another_within_a_second(self):
        reads = self.world.read_at
        assert all(
            later - earlier >= FORCED_PACE_SECONDS - 1e-3 for earlier, later in pairwise(reads)
        )

    @invariant()
    def what_is_handed_out_without_a_thought_has_not_expired(self):
        held = self.reader.held
        assert held.fresh_until <= min(held.expires_at, held.look_at)

    @invariant()
    def the_next_look_is_never_far(self):
        held = self.reader.held
        if self.world.reads:
            assert held.look_at <= max(held.expires_at, held.looked_at + PACE_SECONDS)


TestAnyHistory = AnyHistory.TestCase
TestAnyHistory.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
