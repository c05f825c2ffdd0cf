"""Do hundreds of rotators ask an identity provider in the same second? Counted, for an hour.

AWS says that a schedule fires within the minute it names, and not when in it. So several ways in
which it may be are counted, from the documented one to the worst that can be imagined.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Final

from token_rotator.contract import Default

HOUR: Final = 3600
ROTATORS_A_STACK: Final = 25
PRECISION_SECONDS: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Firing:
    """One idea of when AWS creates schedules, and fires them."""

    name: str
    between_rotators: float
    """Seconds from one rotator's schedules to the next one's, in a stack."""
    between_stacks: float
    """Seconds from one stack's first schedules to the next one's."""
    jitter: float
    """A firing is up to so many seconds late, each by itself."""


FIRINGS: Final = (
    Firing(
        name="within the minute, as documented; all created in the same second",
        between_rotators=0,
        between_stacks=0,
        jitter=PRECISION_SECONDS,
    ),
    Firing(
        name="to the second; created one after the other, one stack after the other",
        between_rotators=1,
        between_stacks=90,
        jitter=0,
    ),
    Firing(
        name="to the second; one after the other, all stacks at once",
        between_rotators=1,
        between_stacks=0,
        jitter=0,
    ),
    Firing(
        name="to the second; all created in the same second",
        between_rotators=0,
        between_stacks=0,
        jitter=0,
    ),
)


def requests(firing: Firing, *, rotators: int, random: Random) -> Counter[int]:
    """Token requests in each second of an hour, after an hour to settle."""
    seconds: Counter[int] = Counter()
    for number in range(rotators):
        stack, place = divmod(number, ROTATORS_A_STACK)
        created = stack * firing.between_stacks + place * firing.between_rotators
        # deployed long ago: what matters is where in the cycle it is
        seconds.update(_requests_of_one(created % (Default.INTERVAL_MINUTES * 60), firing, random))
    return seconds


def _requests_of_one(begins: float, firing: Firing, random: Random) -> Iterator[int]:
    def fires(every: int) -> list[float]:
        number = range(2 * HOUR // every + 1)
        return [begins + n * every + random.random() * firing.jitter for n in number]

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
    """As it stands in docs/many.md."""
    fires = f"if AWS fires {rotators} rotators' schedules ..."
    lines = [
        f"| {fires} | requests a second, mean | 99 % of seconds | the busiest second |",
        "|---|---|---|---|",
    ]
    for firing in FIRINGS:
        found = requests(firing, rotators=rotators, random=Random(7))
        seconds = sorted(found[second] for second in range(HOUR))
        lines.append(
            f"| {firing.name} | {found.total() / HOUR:.1f} | {seconds[HOUR * 99 // 100]} "
            f"| {seconds[-1]} |"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    print(table())
