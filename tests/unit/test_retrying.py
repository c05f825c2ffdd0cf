"""A step is repeated while that may help and time is left; never longer."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from fakes.clock import Clock
from token_rotator.errors import IdentityProviderDown, RotationError, TokenRequestRefused
from token_rotator.retrying import Retrier
from token_rotator.timing import BACKOFF_CAP


class Step:
    """Fails as it is told, then works; an attempt takes its time."""

    def __init__(self, clock: Clock, *failures: Exception, seconds: float = 0.0) -> None:
        self._clock = clock
        self._failures = list(failures)
        self._seconds = seconds
        self.attempts = 0

    def __call__(self) -> str:
        self.attempts += 1
        self._clock.advance(seconds=self._seconds)
        if self._failures:
            raise self._failures.pop(0)
        return "done"


def call(clock: Clock, step: Callable[[], str], *, seconds: float, longest: float = 0.0) -> str:
    return Retrier(now=clock.now, sleep=clock.sleep).call(
        step,
        deadline=clock.now() + timedelta(seconds=seconds),
        max_attempt=timedelta(seconds=longest),
    )


def down(retry_after: float | None = None) -> IdentityProviderDown:
    wait = None if retry_after is None else timedelta(seconds=retry_after)
    return IdentityProviderDown("down", retry_after=wait)


def test_a_transient_failure_is_repeated_until_it_works():
    clock = Clock()
    step = Step(clock, down(), down())

    assert call(clock, step, seconds=60) == "done"

    assert step.attempts == 3


def test_waits_grow_but_never_beyond_the_cap():
    clock = Clock()

    call(clock, Step(clock, *[down()] * 30), seconds=10_000)

    assert max(clock.slept) <= BACKOFF_CAP.total_seconds()
    assert max(clock.slept[:2]) <= 0.5
    assert sum(clock.slept[-10:]) > sum(clock.slept[:3])


@pytest.mark.parametrize("error", [TokenRequestRefused("no"), RotationError("?"), ValueError("?")])
def test_what_a_retry_does_not_help_is_raised_at_once(error: Exception):
    clock = Clock()
    step = Step(clock, error)

    with pytest.raises(type(error)):
        call(clock, step, seconds=60)

    assert step.attempts == 1


def test_retry_after_is_waited_for():
    clock = Clock()

    call(clock, Step(clock, down(retry_after=7)), seconds=60)

    assert clock.slept[0] >= 7


def test_a_retry_after_beyond_the_deadline_ends_the_attempts_without_waiting():
    clock = Clock()
    step = Step(clock, down(retry_after=120))

    with pytest.raises(IdentityProviderDown):
        call(clock, step, seconds=60)

    assert (step.attempts, clock.slept) == (1, [])


def test_no_attempt_starts_that_could_outlast_the_deadline():
    clock = Clock()
    begun = clock.now()

    with pytest.raises(IdentityProviderDown):
        call(clock, Step(clock, *[down()] * 1000, seconds=4), seconds=40, longest=4)

    assert clock.now() <= begun + timedelta(seconds=40)


def test_the_last_error_is_the_one_that_is_raised():
    clock = Clock()
    last = IdentityProviderDown("the last one", retry_after=timedelta(hours=1))

    with pytest.raises(IdentityProviderDown, match="the last one"):
        call(clock, Step(clock, down(), last), seconds=60)
