"""The CPU time of a rotation over TLS after its connections were closed."""

import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from studies.bench.contestants import contestants, which_python
from studies.bench.page import machine, table
from studies.bench.running import NOT_YET_WARM, cpu, invoked, median, spread, started
from studies.bench.runtime_api import RuntimeApi
from studies.bench.warm import FLOOR
from studies.bench.world import BenchScenario, over_tls, system_certificates

ROUNDS: Final = 7
ROTATIONS: Final = 10
SHOWN: Final = (FLOOR, "ours", "the obvious function")


@dataclass(slots=True)
class Figures:
    """Medians per round, in milliseconds."""

    kept: list[float] = field(default_factory=list)
    closed: list[float] = field(default_factory=list)
    kept_connections: set[int] = field(default_factory=set)
    """Connections that each rotation makes anyway."""
    closed_connections: set[int] = field(default_factory=set)


def section() -> str:
    """CPU time with kept connections, and with closed ones."""
    figures = {name: Figures() for name in SHOWN}
    with tempfile.TemporaryDirectory() as folder:
        world, trust = over_tls(Path(folder))
        for _ in range(ROUNDS):
            for name in SHOWN:
                _round(name, world, trust, figures[name])
    authorities = system_certificates().read_text(encoding="utf-8").count("BEGIN CERTIFICATE")
    rows: list[tuple[object, ...]] = [
        (
            *("", "kept, CPU ms", "connections made"),
            *("closed, CPU ms", "connections made", "CPU ms for each more"),
        ),
        *((name, *_told(it)) for name, it in figures.items()),
    ]
    return (
        f"`make bench`, median of {ROUNDS} interleaved rounds of {ROTATIONS} rotations ± half of "
        f"the distance between the quartiles, {which_python()}, {machine()}, "
        f"{authorities} certificate authorities:\n\n{table(*rows)}"
    )


def _told(figures: Figures) -> tuple[object, ...]:
    (kept,), (closed,) = figures.kept_connections, figures.closed_connections
    longer = median(figures.closed) - median(figures.kept)
    each = f"{longer / (closed - kept):.1f}" if closed > kept else ""
    return spread(figures.kept), kept, spread(figures.closed), closed, each


def _round(name: str, world: BenchScenario, trust: dict[str, str], figures: Figures) -> None:
    function = contestants()[name]
    world.forget()
    # boto3 trusts certificates of its own, unless it is told otherwise
    trust = trust if name == "ours" else trust | {"AWS_CA_BUNDLE": trust["SSL_CERT_FILE"]}
    with RuntimeApi() as api, started(function, world, api, **trust) as (pid, _):
        api.expect("next")

        def rotation(made: set[int]) -> float:
            before, connections = cpu(pid), world.connections
            invoked(api, function.event)
            made.add(world.connections - connections)
            return cpu(pid) - before

        def after_a_pause() -> float:
            world.hang_up()
            return rotation(figures.closed_connections)

        for _ in range(NOT_YET_WARM):
            rotation(set())
        figures.kept.append(median([rotation(figures.kept_connections) for _ in range(ROTATIONS)]))
        figures.closed.append(median([after_a_pause() for _ in range(ROTATIONS)]))
