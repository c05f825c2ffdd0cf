"""Runs every check and prints the table of evidence. Exits 1 if one of them misses a case."""

import sys
import time

from rich.console import Console
from rich.table import Table

from tests.audit.evidence import every_check


def main() -> int:
    """The exit status."""
    console = Console()
    table = Table("check", "cases", "seconds", "result")
    for column in table.columns[1:3]:
        column.justify = "right"
    missed: list[str] = []
    for check in every_check():
        started = time.monotonic()
        with console.status(check.says):
            evidence = check.look()
        table.add_row(
            check.says,
            str(evidence.cases),
            f"{time.monotonic() - started:.1f}",
            "[green]holds" if evidence.holds else f"[red]{len(evidence.misses) or 'no case'}",
        )
        if not evidence.holds:
            missed += [f"{check.says}: {miss}" for miss in evidence.misses or ("no case",)]
    console.print(table)
    for miss in missed:
        console.print(miss, style="red", markup=False, highlight=False)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
