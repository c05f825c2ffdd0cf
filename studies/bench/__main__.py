"""``make bench``: runs all measurements and writes docs/understand/performance.md."""

import argparse
from collections.abc import Callable, Mapping
from typing import Final

from studies.bench import (
    cold,
    latency,
    load,
    memory,
    page,
    reader,
    reconnecting,
    refresh,
    synth,
    warm,
)

SECTIONS: Final[Mapping[str, Callable[[], str]]] = {
    "cold": cold.section,
    "warm": warm.section,
    "latency": latency.section,
    "reconnecting": reconnecting.section,
    "memory": memory.section,
    "reader": reader.section,
    "refresh": refresh.section,
    "load": load.section,
    "synth": synth.section,
}
"""The measurements. Each returns its section of docs/understand/performance.md."""


def main() -> None:
    """Runs all sections, or those in the arguments."""
    parser = argparse.ArgumentParser(prog="python -m studies.bench", description=__doc__)
    parser.add_argument("sections", nargs="*", metavar="section", help=", ".join(SECTIONS))
    parser.add_argument("--write", action="store_true", help="into docs/understand/performance.md")
    arguments = parser.parse_args()
    for name in arguments.sections or SECTIONS:
        if name not in SECTIONS:
            parser.error(f"there is no section {name}")
        text = SECTIONS[name]()
        print(f"\n## {name}\n\n{text}", flush=True)
        if arguments.write:
            page.write(name, text)


if __name__ == "__main__":
    main()
