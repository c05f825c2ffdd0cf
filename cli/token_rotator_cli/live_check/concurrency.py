"""Does one rotation run at a time? Parameter Store has no conditional put."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from token_rotator_cli.aws import calling
from token_rotator_cli.findings import Finding, Result
from token_rotator_cli.live_check.context import LiveCheckContext
from token_rotator_cli.live_check.errors import NotAsPromised
from token_rotator_cli.live_check.invocations import Invocation
from token_rotator_cli.live_check.metrics import total

CLOCKS = timedelta(milliseconds=5)
"""Lambda's start and its duration are not measured at the same instant."""


def concurrency(evidence: LiveCheckContext) -> Finding:
    """The reservation, overlapping runs, and what became of events that had to wait."""
    name = evidence.deployed.function_arn
    with calling("lambda:GetFunctionConcurrency"):
        answer = evidence.aws.functions.get_function_concurrency(FunctionName=name)
    reserved = answer.get("ReservedConcurrentExecutions")
    if evidence.aws.is_local:
        return Finding(says="a local AWS reserves none", result=Result.UNKNOWN)
    if reserved not in (None, 1):
        raise NotAsPromised(
            f"{reserved} are reserved, not 1. `make deploy ARGS=--revert-drift` restores it."
        )
    both = [f"{one.started_at:%H:%M:%S}" for one, _ in overlapping(evidence.invocations)]
    throttled, dropped = (
        total(evidence, "AWS/Lambda", metric, {"FunctionName": name.rpartition(":")[2]})
        for metric in ("Throttles", "AsyncEventsDropped")
    )
    waits = f"{throttled:.0f} events had to wait, {dropped:.0f} were dropped"
    facts = {
        "reserved": reserved,
        "overlaps": len(both),
        "throttles": throttled,
        "events_dropped": dropped,
    }
    if both and reserved == 1:
        raise NotAsPromised(f"1 is reserved, and two ran at {', '.join(both)} UTC. {waits}.")
    if reserved is None:
        says = f"none is reserved (reserve_concurrency = false): {len(both)} overlaps"
        return Finding(says=f"{says}; {waits}", result=Result.WARNING, facts=facts)
    return Finding(says=f"1 is reserved, no two runs overlapped; {waits}", facts=facts)


def overlapping(runs: Sequence[Invocation]) -> Iterator[tuple[Invocation, Invocation]]:
    """Each run that began before an earlier one had ended, with that one."""
    latest: Invocation | None = None
    for run in runs:
        if latest and run.started_at + CLOCKS < latest.ends_at:
            yield run, latest
        if latest is None or run.ends_at > latest.ends_at:
            latest = run
