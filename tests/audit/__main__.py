"""Runs every check and prints the table of evidence. Exits with 1 if a check fails."""

import sys
import time

from rich.console import Console
from rich.table import Table
from rich.text import Text

from tests.audit.evidence import Evidence, every_check


def main() -> int:
    """Runs the checks and returns the exit status."""
    console = Console()
    table = Table("check", "cases", "seconds", "result")
    for column in table.columns[1:3]:
        column.justify = "right"
    missed: list[str] = []
    for check in every_check():
        started = time.monotonic()
        with console.status(check.says):
            evidence = check.run()
        table.add_row(
            check.says,
            str(evidence.cases),
            f"{time.monotonic() - started:.1f}",
            Text(evidence.result, style=_style(evidence)),
        )
        if evidence.fails:
            missed += [f"{check.says}: {miss}" for miss in evidence.misses or ("no case",)]
    console.print(table)
    for miss in missed:
        console.print(miss, style="red", markup=False, highlight=False)
    return 1 if missed else 0


def _style(evidence: Evidence) -> str:
    if evidence.fails:
        return "red"
    return "green" if evidence.holds else "yellow"


if __name__ == "__main__":
    sys.exit(main())
