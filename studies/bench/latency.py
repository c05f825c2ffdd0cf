"""The duration of a warm rotation with realistic latencies of AWS and the identity provider."""

import tempfile
from pathlib import Path
from typing import Final

from studies.bench.contestants import Contestant, contestants, which_python
from studies.bench.page import machine, table
from studies.bench.running import NOT_YET_WARM, invoked, median, spread, started
from studies.bench.runtime_api import RuntimeApi
from studies.bench.warm import FLOOR, LEAST
from studies.bench.world import BenchScenario, over_tls

ROUNDS: Final = 7
ROTATIONS: Final = 10
PROVIDER_SECONDS: Final = 0.150
AWS_SECONDS: Final = 0.010
SHOWN: Final = (LEAST, FLOOR, "ours", "the obvious function")


def section() -> str:
    """Milliseconds per rotation, over TLS with kept connections."""
    took: dict[str, list[float]] = {name: [] for name in SHOWN}
    with tempfile.TemporaryDirectory() as folder:
        scenario, trust = over_tls(
            Path(folder), aws_seconds=AWS_SECONDS, provider_seconds=PROVIDER_SECONDS
        )
        trust |= {"AWS_CA_BUNDLE": trust["SSL_CERT_FILE"]}
        for _ in range(ROUNDS):
            for name in SHOWN:
                took[name].append(_round(contestants()[name], scenario, trust))
    floor = median(took[FLOOR])
    rows: list[tuple[object, ...]] = [
        ("", "ms", "times the floor"),
        *((name, spread(took[name]), f"{median(took[name]) / floor:.2f}") for name in SHOWN),
    ]
    return (
        f"`make bench`, median of {ROUNDS} interleaved rounds of {ROTATIONS} rotations ± half of "
        f"the distance between the quartiles, {which_python()}, {machine()}, the identity "
        f"provider answers after {PROVIDER_SECONDS * 1e3:.0f} ms, AWS after "
        f"{AWS_SECONDS * 1e3:.0f} ms:\n\n{table(*rows)}"
    )


def _round(function: Contestant, scenario: BenchScenario, trust: dict[str, str]) -> float:
    scenario.forget()
    with RuntimeApi() as api, started(function, scenario, api, **trust):
        api.expect("next")
        for _ in range(NOT_YET_WARM):
            invoked(api, function.event)
        return median([invoked(api, function.event) for _ in range(ROTATIONS)])
