"""How regular are the schedules? The timeline of README.md stands on a precision of 60 s."""

import itertools
import re
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from token_rotator.contract import Trigger
from token_rotator_cli.findings import Finding, Result
from token_rotator_cli.live_check.context import LiveCheckContext
from token_rotator_cli.live_check.errors import NotAsPromised
from token_rotator_cli.live_check.invocations import Invocation, by_trigger
from token_rotator_cli.schedules import OURS, Schedule

PRECISION: Final = timedelta(seconds=60)
"""https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html"""

FEWEST: Final = 3
_UNITS: Final = {"minute": 60, "hour": 3600, "day": 86400}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """What the firings of one schedule looked like."""

    firings: int
    offsets: tuple[timedelta, ...]
    """After the earliest place in its period, of every firing that was no duplicate."""
    lost: int
    duplicates: int

    @property
    def jitter(self) -> timedelta:
        """Between the earliest firing in its period, and the latest."""
        return max(self.offsets)

    @classmethod
    def of(cls, starts: Sequence[datetime], *, every: timedelta) -> "Rhythm":
        """Firings that are up to half a period off belong to the nearest one.

        ``starts`` are in order, and not empty.
        """
        places = [timedelta()]
        lost = duplicates = periods = 0
        for one, then in itertools.pairwise(starts):
            passed = round((then - one) / every)
            lost += max(passed - 1, 0)
            if passed == 0:
                duplicates += 1
                continue
            periods += passed
            places.append(then - starts[0] - periods * every)
        earliest = min(places)
        return cls(
            firings=len(starts),
            offsets=tuple(place - earliest for place in places),
            lost=lost,
            duplicates=duplicates,
        )


def period_of(schedule: Schedule) -> timedelta:
    """``rate(4 minutes)`` as a duration; what the stack makes is always a rate."""
    rate = re.fullmatch(r"rate\((\d+) (minute|hour|day)s?\)", schedule.expression)
    if rate is None:
        raise NotAsPromised(f"The schedule {schedule.name} is {schedule.expression}, not a rate.")
    return timedelta(seconds=int(rate[1]) * _UNITS[rate[2]])


def firings(evidence: LiveCheckContext) -> Finding:
    """Jitter, lost and repeated firings of the schedule."""
    (every,) = {period_of(s) for s in evidence.schedules if s.trigger == Trigger.SCHEDULE}
    starts = [run.started_at for run in by_trigger(evidence.invocations, Trigger.SCHEDULE)]
    if len(starts) < FEWEST:
        return Finding(says=f"{len(starts)} so far: come back later", result=Result.UNKNOWN)
    rhythm = Rhythm.of(starts, every=every)
    seconds = [offset.total_seconds() for offset in rhythm.offsets]
    told = (
        f"{rhythm.firings} of the schedule, every {_short(every)}: {_spread(seconds)}; "
        f"{rhythm.lost} lost, {rhythm.duplicates} twice"
    )
    facts: dict[str, object] = {
        "firings": rhythm.firings,
        "offset_seconds": {"median": statistics.median(seconds), "most": max(seconds)},
        "lost": rhythm.lost,
        "duplicates": rhythm.duplicates,
    }
    if rhythm.jitter > PRECISION:
        raise NotAsPromised(
            f"{told}. Scheduler's precision is 60 s: margins are smaller than README.md says."
        )
    return Finding(says=told, result=Result.WARNING if rhythm.lost else Result.OK, facts=facts)


def pauses(evidence: LiveCheckContext) -> Finding:
    """How long was nobody looking? Whatever the schedules lose, the other ones look."""
    looks = list(by_trigger(evidence.invocations, *OURS))
    if len(looks) < FEWEST:
        return Finding(says=f"{len(looks)} looks so far: come back later", result=Result.UNKNOWN)
    shortest = min(period_of(schedule) for schedule in evidence.schedules)
    bound = shortest + PRECISION
    longest, one, then = max(_pauses(looks))
    told = (
        f"{len(looks)} looks of {len(evidence.schedules)} schedules, at most "
        f"{_short(longest)} apart ({one:%H:%M:%S} to {then:%H:%M:%S} UTC)"
    )
    if longest > bound:
        raise NotAsPromised(
            f"{told}: more than {_short(bound)}. Several schedules in a row lost their event, or "
            "were disabled; if the function was deployed or taken away then, that is why."
        )
    return Finding(
        says=told,
        facts={"looks": len(looks), "longest_pause_seconds": longest.total_seconds()},
    )


def _pauses(looks: Sequence[Invocation]) -> list[tuple[timedelta, datetime, datetime]]:
    """From the end of a run to the start of the next one."""
    return [
        (then.started_at - one.ends_at, one.ends_at, then.started_at)
        for one, then in itertools.pairwise(looks)
    ]


def _spread(seconds: Sequence[float]) -> str:
    late = f"half of them up to {statistics.median(seconds):.0f} s after the earliest"
    if len(seconds) >= 20:  # noqa: PLR2004 - with fewer, the 95th percentile is the latest
        late += f", 95 % up to {statistics.quantiles(seconds, n=20)[-1]:.0f} s"
    return f"{late}, the latest {max(seconds):.0f} s"


def _short(duration: timedelta) -> str:
    return f"{duration.total_seconds():.0f} s"
