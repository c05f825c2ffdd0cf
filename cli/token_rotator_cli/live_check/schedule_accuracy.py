"""Steps that measure how regular the schedules are.

The timeline of docs/understand/architecture.md needs 60 s.
"""

import itertools
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from token_rotator.contract import Trigger
from token_rotator_cli.deployment.schedules import STACK_TRIGGERS, Schedule
from token_rotator_cli.errors import CheckFailed
from token_rotator_cli.live_check.context import LiveCheckContext
from token_rotator_cli.live_check.invocations import Invocation, with_trigger
from token_rotator_cli.steps import Finding, Result

PRECISION: Final = timedelta(seconds=60)
"""https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html"""

FIRST_RETRY: Final = timedelta(seconds=1)
"""The first retry interval of Lambda while the function is busy. Later intervals are longer.

https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
"""

MIN_INVOCATIONS: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Regularity:
    """One schedule's invocations, compared with its period."""

    invocations: int
    offsets: tuple[timedelta, ...]
    """Each invocation's offset in its period, relative to the earliest one. Without duplicates."""
    starts: tuple[datetime, ...]
    """Start times of the same invocations."""
    lost: int
    duplicates: int

    @classmethod
    def of(cls, starts: Sequence[datetime], *, every: timedelta) -> "Regularity":
        """Analyses ordered, non-empty start times.

        Each invocation belongs to the nearest period.
        """
        offsets, counted = [timedelta()], [starts[0]]
        lost = duplicates = periods = 0
        for earlier, later in itertools.pairwise(starts):
            passed = round((later - earlier) / every)
            lost += max(passed - 1, 0)
            if passed == 0:
                duplicates += 1
                continue
            periods += passed
            offsets.append(later - starts[0] - periods * every)
            counted.append(later)
        earliest = min(offsets)
        return cls(
            invocations=len(starts),
            offsets=tuple(offset - earliest for offset in offsets),
            starts=tuple(counted),
            lost=lost,
            duplicates=duplicates,
        )


def period_of(schedule: Schedule) -> timedelta:
    """``rate(4 minutes)`` as a duration; the stack makes rates only. Raises CheckFailed."""
    if schedule.every is None:
        raise CheckFailed(f"The schedule {schedule.name} is {schedule.expression}, not a rate.")
    return schedule.every


def may_have_waited(start: datetime, offset: timedelta, others: Sequence[Invocation]) -> bool:
    """Whether an event may have waited in Lambda's queue for another run to end.

    Only one run is allowed at a time, and Lambda retries queued events at growing intervals.
    """
    earliest = start - offset
    return any(
        one.started_at <= earliest + PRECISION
        and earliest <= one.ended_at <= start
        and start - one.ended_at <= 2 * (one.ended_at - one.started_at) + FIRST_RETRY
        for one in others
        if one.started_at < start
    )


def schedule(context: LiveCheckContext) -> Finding:
    """The schedule starts the function within the precision that AWS documents.

    It is judged on the starts that Lambda logs. A start that may have waited in Lambda's queue,
    behind another run, says nothing about Scheduler and is counted apart.
    """
    (every,) = {period_of(s) for s in context.schedules if s.trigger == Trigger.SCHEDULE}
    starts = [one.started_at for one in with_trigger(context.invocations, Trigger.SCHEDULE)]
    if len(starts) < MIN_INVOCATIONS:
        return Finding(
            message=f"{len(starts)} invocations so far; try again later", result=Result.UNKNOWN
        )
    found = Regularity.of(starts, every=every)
    judged, queued = list[timedelta](), list[timedelta]()
    for start, offset in zip(found.starts, found.offsets, strict=True):
        waited = offset > PRECISION and may_have_waited(start, offset, context.invocations)
        (queued if waited else judged).append(offset)
    seconds = [offset.total_seconds() for offset in judged]
    message = (
        f"{found.invocations} invocations, every {_seconds(every)}: {_distribution(seconds)}; "
        f"{found.lost} lost, {found.duplicates} twice"
    )
    if queued:
        message += (
            f"; {len(queued)} not judged: up to {_seconds(max(queued))} after the earliest, behind "
            "a run that they may have waited for, so Scheduler's own delay is unknown"
        )
    facts: dict[str, object] = {
        "invocations": found.invocations,
        "offset_seconds": {"median": statistics.median(seconds), "most": max(seconds)},
        "lost": found.lost,
        "duplicates": found.duplicates,
        "not_judged": len(queued),
    }
    if max(judged) > PRECISION:
        raise CheckFailed(
            f"{message}. Scheduler documents 60 s: the margins are smaller than in "
            "docs/understand/architecture.md."
        )
    return Finding(message=message, result=Result.WARNING if found.lost else Result.OK, facts=facts)


def pauses(context: LiveCheckContext) -> Finding:
    """No pause between invocations is longer than the shortest period allows."""
    found = list(with_trigger(context.invocations, *STACK_TRIGGERS))
    if len(found) < MIN_INVOCATIONS:
        return Finding(
            message=f"{len(found)} invocations so far; try again later", result=Result.UNKNOWN
        )
    bound = min(period_of(one) for one in context.schedules) + PRECISION
    longest, begin, end = max(_pauses(found))
    message = (
        f"{len(found)} invocations by {len(context.schedules)} schedules, at most "
        f"{_seconds(longest)} apart ({begin:%H:%M:%S} to {end:%H:%M:%S} UTC)"
    )
    if longest > bound:
        raise CheckFailed(
            f"{message}: more than {_seconds(bound)}. Several schedules in a row lost their event, "
            "or were disabled. A deployment at that time explains it, too."
        )
    return Finding(
        message=message,
        facts={"invocations": len(found), "longest_pause_seconds": longest.total_seconds()},
    )


def _pauses(invocations: Sequence[Invocation]) -> list[tuple[timedelta, datetime, datetime]]:
    """Times from the end of an invocation to the start of the next one."""
    return [
        (later.started_at - earlier.ended_at, earlier.ended_at, later.started_at)
        for earlier, later in itertools.pairwise(invocations)
    ]


def _distribution(seconds: Sequence[float]) -> str:
    late = f"half of them up to {statistics.median(seconds):.0f} s after the earliest"
    if len(seconds) >= 20:  # noqa: PLR2004 - with fewer, the 95th percentile is the latest
        late += f", 95 % up to {statistics.quantiles(seconds, n=20)[-1]:.0f} s"
    return f"{late}, the latest {max(seconds):.0f} s"


def _seconds(duration: timedelta) -> str:
    return f"{duration.total_seconds():.0f} s"
