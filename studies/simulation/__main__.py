"""Simulates months of operation, prints the tables and writes docs/understand/availability.*."""

import argparse
import json
import time
from pathlib import Path

from studies.simulation import document, figures, plot
from studies.simulation.study import STUDIED_OUTAGE_SECONDS, Size, study

DOCS = Path(__file__).parents[2] / "docs" / "understand"


def main() -> None:
    """Runs the study and writes its page, figures and picture."""
    parser = argparse.ArgumentParser(prog="python -m studies.simulation", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--months", type=int, default=Size().months, help="of the baseline")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--docs", type=Path, default=DOCS, help="where to write availability.*")
    arguments = parser.parse_args()
    size = Size(months=arguments.months)
    begun = time.monotonic()
    results = study(arguments.seed, size, processes=arguments.processes)
    found: dict[str, dict[str, figures.Figures]] = {}
    for (group, name), runs in results.items():
        if group in ("outages", "tuning"):
            seconds = float(name) if group == "outages" else STUDIED_OUTAGE_SECONDS
            found.setdefault(group, {})[name] = figures.outages(runs, seconds)
        else:
            found.setdefault(group, {})[name] = figures.availability(runs)
    text = document.generated(found, seed=arguments.seed)
    print(text)
    print(
        f"{document.volume(found):,} rotations in {time.monotonic() - begun:.0f} s, "
        f"{arguments.processes} processes, seed {arguments.seed}"
    )
    document.write(arguments.docs / "availability.md", text)
    kept = {"seed": arguments.seed, "figures": found}
    (arguments.docs / "availability.json").write_text(json.dumps(kept, indent=1) + "\n")
    plot.draw(arguments.docs / "availability.png", seed=arguments.seed)


if __name__ == "__main__":
    main()
