"""The tables of docs/understand/availability.md are those of availability.json."""

import json
from pathlib import Path

from studies.simulation import document
from studies.simulation.claims import ALL
from studies.simulation.strategies import COMPARED
from studies.simulation.study import LIFETIMES, TUNINGS

DOCS = Path(__file__).parents[2] / "docs" / "understand"


def test_the_committed_page_is_generated_from_the_committed_figures():
    kept = json.loads((DOCS / "availability.json").read_text())

    tables = document.generated(kept["figures"], seed=kept["seed"])

    assert document.generated_part((DOCS / "availability.md").read_text()) == tables


def test_the_committed_figures_have_the_current_strategies_and_tunings():
    figures = json.loads((DOCS / "availability.json").read_text())["figures"]

    assert list(figures["baseline"]) == list(figures["harsh"]) == list(COMPARED)
    assert list(figures["tuning"]) == list(figures["healthy"]) == list(TUNINGS)
    for group in LIFETIMES.values():
        assert list(figures[group]) == [claims.name for claims in ALL]
