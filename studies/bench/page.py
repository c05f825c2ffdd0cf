"""Writes sections of docs/understand/performance.md."""

import platform
import re
import statistics
from collections.abc import Sequence
from pathlib import Path
from typing import Final

PAGE: Final = Path(__file__).parents[2] / "docs" / "understand" / "performance.md"


def write(section: str, text: str, *, page: Path = PAGE) -> None:
    """Replaces the text between ``<!-- section: begin -->`` and ``<!-- section: end -->``."""
    before = page.read_text(encoding="utf-8")
    generated = re.compile(
        rf"(<!-- {re.escape(section)}: begin -->\n).*?(<!-- {re.escape(section)}: end -->)",
        re.DOTALL,
    )
    after, count = generated.subn(lambda found: f"{found[1]}{text}\n{found[2]}", before)
    if count != 1:
        raise LookupError(f"{page.name} has no markers for the section {section!r}")
    page.write_text(after, encoding="utf-8")


def table(*rows: Sequence[object]) -> str:
    """A Markdown table. The first row is its head."""
    head, *body = rows
    return "\n".join(
        f"| {' | '.join(map(str, row))} |" for row in (head, ["---"] * len(head), *body)
    )


def noise(values: Sequence[float]) -> float:
    """Half of the interquartile range, as a fraction of the median."""
    low, median, high = statistics.quantiles(values, n=4)
    return (high - low) / 2 / median


def machine() -> str:
    """The operating system and processor of the measurement."""
    return f"{platform.system()}, {platform.machine()}"
