"""The step that checks that rotations do not overlap: Parameter Store has no conditional put."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Final

from token_rotator.contract import RESTORE
from token_rotator_cli.deployment.concurrency import reserved_for
from token_rotator_cli.errors import CheckFailed
from token_rotator_cli.live_check.context import LiveCheckContext
from token_rotator_cli.live_check.invocations import Invocation
from token_rotator_cli.live_check.metrics import window_sum
from token_rotator_cli.steps import Finding, Result

TOLERANCE: Final = timedelta(milliseconds=5)
"""Lambda does not measure start and duration at the same time."""


def concurrency(context: LiveCheckContext) -> Finding:
    """A concurrency of 1 is reserved, and no two invocations overlap."""
    name = context.deployed.function_arn
    reserved = reserved_for(context.aws, name)
    if context.aws.is_local:
        return Finding(message="a local AWS reserves none", result=Result.UNKNOWN)
    if reserved not in (None, 1):
        raise CheckFailed(f"{reserved} are reserved, not 1: {RESTORE}.")
    overlaps = [f"{one.started_at:%H:%M:%S}" for one, _ in overlapping(context.invocations)]
    throttled, dropped = (
        window_sum(context, "AWS/Lambda", metric, {"FunctionName": name.rpartition(":")[2]})
        for metric in ("Throttles", "AsyncEventsDropped")
    )
    waits = f"{throttled:.0f} events had to wait, {dropped:.0f} were dropped"
    facts = {
        "reserved": reserved,
        "overlaps": len(overlaps),
        "throttles": throttled,
        "events_dropped": dropped,
    }
    if overlaps and reserved == 1:
        raise CheckFailed(f"1 is reserved, and two ran at {', '.join(overlaps)} UTC. {waits}.")
    if reserved is None:
        message = f"none is reserved (reserve_concurrency = false): {len(overlaps)} overlaps"
        return Finding(message=f"{message}; {waits}", result=Result.WARNING, facts=facts)
    return Finding(message=f"1 is reserved, no two overlapped; {waits}", facts=facts)


def overlapping(invocations: Sequence[Invocation]) -> Iterator[tuple[Invocation, Invocation]]:
    """Pairs of invocations that overlap."""
    latest: Invocation | None = None
    for one in invocations:
        if latest and one.started_at + TOLERANCE < latest.ended_at:
            yield one, latest
        if latest is None or one.ended_at > latest.ended_at:
            latest = one
