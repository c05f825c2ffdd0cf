"""Token requests of hundreds of rotators in each second of an hour.

AWS documents that a schedule is invoked within its minute, but not at which second. Requests are
counted for several assumptions, from the documented one to the worst case.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Final

from token_rotator_cdk.config.defaults import Default
from token_rotator_cdk.config.stack_limits import MAX_ROTATORS

HOUR: Final = 3600
PRECISION_SECONDS: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """An assumption about when AWS creates schedules and invokes their targets."""

    name: str
    between_rotators: float
    """Seconds from one rotator's schedules to the next one's, in a stack."""
    between_stacks: float
    """Seconds from one stack's first schedules to the next one's."""
    jitter: float
    """Each invocation is independently late by up to this many seconds."""


TIMINGS: Final = (
    Timing(
        name="within the minute, as documented; all created in the same second",
        between_rotators=0,
        between_stacks=0,
        jitter=PRECISION_SECONDS,
    ),
    Timing(
        name="to the second; created one after the other, one stack after the other",
        between_rotators=1,
        between_stacks=90,
        jitter=0,
    ),
    Timing(
        name="to the second; one after the other, all stacks at once",
        between_rotators=1,
        between_stacks=0,
        jitter=0,
    ),
    Timing(
        name="to the second; all created in the same second",
        between_rotators=0,
        between_stacks=0,
        jitter=0,
    ),
)


def requests(timing: Timing, *, rotators: int, random: Random) -> Counter[int]:
    """Token requests in each second of an hour, after an hour of warm-up."""
    seconds: Counter[int] = Counter()
    for number in range(rotators):
        stack, place = divmod(number, MAX_ROTATORS)
        created = stack * timing.between_stacks + place * timing.between_rotators
        # the rotators were deployed long ago: only the position in the cycle matters
        seconds.update(_requests_of_one(created % (Default.INTERVAL_MINUTES * 60), timing, random))
    return seconds


def _requests_of_one(begins: float, timing: Timing, random: Random) -> Iterator[int]:
    def fires(every: int) -> list[float]:
        number = range(2 * HOUR // every + 1)
        return [begins + n * every + random.random() * timing.jitter for n in number]

    schedule = [(moment, False) for moment in fires(Default.INTERVAL_MINUTES * 60)]
    watchdogs = [(moment, True) for _ in range(Default.WATCHDOGS) for moment in fires(60)]
    expires_at = 0.0
    for moment, keeps in sorted(schedule + watchdogs):
        if keeps and expires_at - moment > Default.WATCHDOG_MIN_REMAINING_SECONDS:
            continue
        expires_at = moment + Default.TOKEN_LIFETIME_SECONDS
        if HOUR <= moment < 2 * HOUR:
            yield int(moment) - HOUR


def table(rotators: int = 500) -> str:
    """The table in docs/deploy/many.md."""
    fires = f"if AWS starts the schedules of {rotators} rotators ..."
    lines = [
        f"| {fires} | requests a second, mean | 99 % of seconds | the busiest second |",
        "|---|---|---|---|",
    ]
    for timing in TIMINGS:
        found = requests(timing, rotators=rotators, random=Random(7))
        seconds = sorted(found[second] for second in range(HOUR))
        lines.append(
            f"| {timing.name} | {found.total() / HOUR:.1f} | {seconds[HOUR * 99 // 100]} "
            f"| {seconds[-1]} |"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    print(table())
