"""Cold starts of the bundle under Lambda's own runtime client."""

from typing import Final

from studies.bench.contestants import contestants, which_python
from studies.bench.page import machine, table
from studies.bench.running import ROUNDS, measure, median, spread

OBVIOUS: Final = "the obvious function"
SHOWN: Final = (
    "ours",
    "ours, no bytecode",
    OBVIOUS,
    "the obvious function, bytecode valid",
)


def section() -> str:
    """The table: init, first rotation, memory and size, compared with the obvious function."""
    figures = measure()
    obvious = figures[OBVIOUS]
    rows: list[tuple[object, ...]] = [
        (
            "",
            "init, ms",
            "of the obvious",
            "init, CPU ms",
            "of the obvious",
            "first rotation, ms",
            "both, of the obvious",
            "peak MB",
            "MB zipped",
        )
    ]
    for name in SHOWN:
        mine = figures[name]
        both = median(mine.init) + median(mine.first)
        rows.append(
            (
                name,
                spread(mine.init),
                f"{median(mine.init) / median(obvious.init):.2f}",
                f"{median(mine.init_cpu):.0f}",
                f"{median(mine.init_cpu) / median(obvious.init_cpu):.2f}",
                spread(mine.first),
                f"{both / (median(obvious.init) + median(obvious.first)):.2f}",
                f"{median(mine.peak_megabytes):.0f}",
                f"{contestants()[name].zipped_megabytes():.1f}",
            )
        )
    return (
        f"`make bench`, median of {ROUNDS} interleaved cold starts ± half of the distance between "
        f"the quartiles, {which_python()}, {machine()}:\n\n{table(*rows)}"
    )
