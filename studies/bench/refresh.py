"""Reads that call GetParameter, compared with Powertools and the bare client."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from aws_lambda_powertools.utilities.parameters import SSMProvider

from fakes.clock import Clock
from studies.bench.page import machine, noise, table
from studies.bench.parameter_store import client, parameter_store, publish
from studies.bench.world import NAME, TOKEN_BYTES
from token_reader import TokenReader
from token_rotator.parameter.record import Record

if TYPE_CHECKING:
    from mypy_boto3_ssm import SSMClient

ROUNDS: Final = 15
CALLS: Final = 200
"""Calls of each contestant in one round. The figure of a round is their median."""

LIFETIME: Final = timedelta(seconds=300)
INTERVAL: Final = timedelta(minutes=4)
"""From one token to the next. The cached token then begins its last minute."""

BARE: Final = "the bare client's `get_parameter()`"

Make = Callable[["SSMClient", Clock], Callable[[], str]]


@dataclass(slots=True)
class Figures:
    """Microseconds per call, one number per round."""

    took: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)


def _token_reader(ssm: "SSMClient", clock: Clock) -> Callable[[], str]:
    reader = TokenReader(NAME, ssm, now=lambda: clock.now().timestamp(), jitter=lambda: 0.0)
    return lambda: reader.get().value


def _powertools(ssm: "SSMClient", _: Clock) -> Callable[[], str]:
    """A read with Powertools. Its cache is filled, but expired by the machine's clock."""
    provider = SSMProvider(boto3_client=ssm)
    return lambda: str(provider.get(NAME, max_age=240, decrypt=True, force_fetch=True))


def _bare(ssm: "SSMClient", _: Clock) -> Callable[[], str]:
    return lambda: ssm.get_parameter(Name=NAME, WithDecryption=True)["Parameter"]["Value"]


CONTESTANTS: Final[dict[str, Make]] = {
    BARE: _bare,
    "`TokenReader.get()`": _token_reader,
    "Powertools `get_parameter()`": _powertools,
}


def section() -> str:
    """Time and processor time of one refresh."""
    figures = measure()
    bare = figures[BARE]
    rows: list[tuple[object, ...]] = [
        ("refresh", "µs", "times the bare client", "CPU µs", "times the bare client"),
        *(
            (
                name,
                _spread(found.took),
                _ratio(found.took, bare.took),
                _spread(found.cpu),
                _ratio(found.cpu, bare.cpu),
            )
            for name, found in figures.items()
        ),
    ]
    return (
        f"`make bench`, median of {ROUNDS} interleaved rounds of {CALLS} calls each "
        f"± half of the distance between the quartiles, {machine()}:\n\n{table(*rows)}"
    )


def measure() -> dict[str, Figures]:
    """Interleaved rounds. The first one opens connections and is not counted."""
    clock = Clock()
    figures = {name: Figures() for name in CONTESTANTS}
    with parameter_store() as url:
        publisher = client(url)
        reads = {name: make(client(url), clock) for name, make in CONTESTANTS.items()}
        for turn in range(ROUNDS + 1):
            for name, read in reads.items():
                _round(read, publisher, clock, figures[name] if turn else Figures())
    return figures


def _round(read: Callable[[], str], publisher: "SSMClient", clock: Clock, figures: Figures) -> None:
    took, cpu = [], []
    for _ in range(CALLS):
        clock.advance(seconds=INTERVAL.total_seconds())
        token = _publish(publisher, clock)
        computed, begun = time.process_time(), time.perf_counter()
        found = read()
        took.append((time.perf_counter() - begun) * 1e6)
        cpu.append((time.process_time() - computed) * 1e6)
        assert token in found, "a contestant did not call GetParameter"
    figures.took.append(statistics.median(took))
    figures.cpu.append(statistics.median(cpu))


def _publish(publisher: "SSMClient", clock: Clock) -> str:
    """Publishes the next token, which cannot be in a cache."""
    now = clock.now()
    token = str(int(now.timestamp())).rjust(TOKEN_BYTES, "x")
    record = Record(access_token=token, issued_at=now, expires_at=now + LIFETIME)
    publish(publisher, record.to_json())
    return token


def _spread(values: list[float]) -> str:
    return f"{statistics.median(values):,.0f} ± {noise(values):.1%}"


def _ratio(ours: list[float], bare: list[float]) -> str:
    """The ratio of each round, so that what slows both down cancels out."""
    if ours is bare:
        return "1.00"
    ratios = [one / other for one, other in zip(ours, bare, strict=True)]
    return f"{statistics.median(ratios):.2f} ± {noise(ratios):.1%}"
