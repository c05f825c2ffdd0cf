"""The page says what was computed: its tables are those of availability.json, cell by cell."""

import json
from pathlib import Path

from studies.simulation import document
from studies.simulation.strategies import COMPARED
from studies.simulation.study import TUNINGS

DOCS = Path(__file__).parents[2] / "docs"


def test_the_committed_tables_are_those_of_the_committed_figures():
    kept = json.loads((DOCS / "availability.json").read_text())

    tables = document.generated(kept["figures"], seed=kept["seed"])

    assert document.stands_in((DOCS / "availability.md").read_text()) == tables


def test_the_committed_figures_are_of_what_is_compared_and_tuned_now():
    figures = json.loads((DOCS / "availability.json").read_text())["figures"]

    assert list(figures["baseline"]) == list(figures["harsh"]) == list(COMPARED)
    assert list(figures["tuning"]) == list(figures["healthy"]) == list(TUNINGS)
