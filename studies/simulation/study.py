"""The study that `make simulate` runs: strategies, conditions, durations and seeds."""

import gc
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from multiprocessing import Pool

from studies.simulation.claims import ALL
from studies.simulation.conditions import BASELINE, HARSH, HEALTHY, Conditions
from studies.simulation.outages import QUIET_SECONDS
from studies.simulation.run import Result, simulate
from studies.simulation.strategies import COMPARED, Strategy, ThisRotator
from studies.simulation.tuning import Tuning
from token_rotator.contract import ValueFormat

AS_DEPLOYED = "as deployed"
LIFETIMES = {ValueFormat.RECORD: "lifetimes", ValueFormat.TOKEN: "lifetimes, bare token"}
"""Groups of runs in which the identity provider states lifetimes, by what is published."""
OUTAGE_SECONDS = (30, 45, 60, 90, 120, 300, 900)
STUDIED_OUTAGE_SECONDS = 300
BETWEEN_OUTAGES_SECONDS = QUIET_SECONDS + 300
"""Longer than the schedule's interval, so that outages start at every moment of it."""
TUNINGS: dict[str, Tuning] = {
    AS_DEPLOYED: Tuning(),
    "`min_remaining_seconds` 150": Tuning(min_remaining_seconds=150),
    "`min_remaining_seconds` 160": Tuning(min_remaining_seconds=160),
    "`min_remaining_seconds` 180": Tuning(min_remaining_seconds=180),
    "one watchdog": Tuning(watchdogs=1),
    "one watchdog, `min_remaining_seconds` 180": Tuning(watchdogs=1, min_remaining_seconds=180),
    "one watchdog, timeout 110 s": Tuning(watchdogs=1, timeout_seconds=110),
    "three watchdogs": Tuning(watchdogs=3),
    "timeout 50 s": Tuning(timeout_seconds=50),
    "backoff up to 2 s": Tuning(backoff_cap=timedelta(seconds=2)),
    "backoff up to 20 s": Tuning(backoff_cap=timedelta(seconds=20)),
    "read timeout 5 s": Tuning(http_read=timedelta(seconds=5)),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """The amount that is simulated."""

    months: int = 11
    harsh_months: int = 2
    outages: int = 6000
    """Outages of each length, for this rotator."""
    studied_outages: int = 2000
    """Outages for each tuning."""
    lifetime_days: int = 15
    """Days for each claim about lifetimes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One run, which one process simulates."""

    group: tuple[str, str]
    strategy: Strategy
    conditions: Conditions
    seed: int


def outages_of(seconds: float, *, days: float) -> Conditions:
    """Baseline conditions with outages of ``seconds`` in close succession."""
    return replace(
        BASELINE,
        name="outages",
        days=days,
        outage_seconds=seconds,
        outage_every_seconds=seconds + BETWEEN_OUTAGES_SECONDS,
    )


def jobs(seed: int, size: Size) -> Iterator[Job]:
    """All runs, the long ones first."""
    for months, conditions in ((size.months, BASELINE), (size.harsh_months, HARSH)):
        for name, strategy in COMPARED.items():
            for month in range(months):
                group = (conditions.name, name)
                yield Job(group=group, strategy=strategy, conditions=conditions, seed=seed + month)
    for seconds in OUTAGE_SECONDS:
        group = ("outages", str(seconds))
        yield from _outages(group, ThisRotator(), seconds, size.outages, seed)
    for name, tuning in TUNINGS.items():
        strategy, seconds = ThisRotator(tuning=tuning), STUDIED_OUTAGE_SECONDS
        yield from _outages(("tuning", name), strategy, seconds, size.studied_outages, seed)
        yield Job(group=("healthy", name), strategy=strategy, conditions=HEALTHY, seed=seed)
    for value_format, group_name in LIFETIMES.items():
        for claims in ALL:
            conditions = replace(
                BASELINE, days=size.lifetime_days, claims=claims, value_format=value_format
            )
            group = (group_name, claims.name)
            yield Job(group=group, strategy=ThisRotator(), conditions=conditions, seed=seed)


def _outages(
    group: tuple[str, str], strategy: Strategy, seconds: int, number: int, seed: int
) -> Iterator[Job]:
    parts = 4
    days = number / parts * (seconds + BETWEEN_OUTAGES_SECONDS) / 86_400 + 0.001
    for part in range(parts):
        conditions = outages_of(seconds, days=days)
        yield Job(group=group, strategy=strategy, conditions=conditions, seed=seed + part)


def run_job(job: Job) -> tuple[tuple[str, str], Result]:
    """Simulates one run in a worker process."""
    return job.group, simulate(job.strategy, job.conditions, job.seed)[0]


def study(seed: int, size: Size, *, processes: int) -> dict[tuple[str, str], list[Result]]:
    """The results of each group. They do not depend on the number of processes."""
    results = defaultdict(list)
    planned = list(jobs(seed, size))
    # rare garbage collection saves a quarter of the time
    with Pool(processes, initializer=gc.set_threshold, initargs=(200_000,)) as pool:
        for number, (group, result) in enumerate(pool.imap(run_job, planned), start=1):
            results[group].append(result)
            print(f"\r{number} of {len(planned)} runs", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return dict(results)
