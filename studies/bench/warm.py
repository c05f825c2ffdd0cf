"""Warm rotations, compared with the minimum code."""

from collections import Counter
from typing import Final

from studies.bench.contestants import which_python
from studies.bench.page import machine, table
from studies.bench.running import ROUNDS, SCRIPT, WARM_CALLS, measure, median, spread

LEAST: Final = "floor, three calls"
FLOOR: Final = "floor, our calls"
SHOWN: Final = (LEAST, FLOOR, "ours", "the obvious function", SCRIPT)


def section() -> str:
    """The table: time, processor time and calls of one rotation."""
    figures = measure()
    floor, ours = median(figures[FLOOR].warm), median(figures["ours"].warm)
    least = median(figures[LEAST].warm)
    rows: list[tuple[object, ...]] = [
        ("", "ms", "times the floor", "CPU ms", "times the floor", "calls"),
        *(
            (
                name,
                spread(figures[name].warm),
                f"{median(figures[name].warm) / floor:.1f}",
                *_processor_time(figures[name].warm_cpu, median(figures[FLOOR].warm_cpu)),
                _told(figures[name].calls),
            )
            for name in SHOWN
        ),
    ]
    return (
        f"`make bench`, median of {ROUNDS} interleaved rounds of {WARM_CALLS} rotations "
        f"± half of the distance between the quartiles, {which_python()}, {machine()}:\n\n"
        f"{table(*rows)}\n\n"
        f"Ours takes {ours / floor:.2f} times the floor with the same calls ({ours / least:.2f} "
        "times the floor without the read), and the documented script "
        f"{median(figures[SCRIPT].warm) / ours:.0f} times as long as ours."
    )


def _processor_time(took: list[float], floor: float) -> tuple[str, str]:
    return (f"{median(took):.1f}", f"{median(took) / floor:.2f}") if took else ("", "")


def _told(calls: Counter[str]) -> str:
    return ", ".join(name if n == 1 else f"{n} {name}" for name, n in sorted(calls.items()))
