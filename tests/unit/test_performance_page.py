"""The benchmarks write their figures into docs/understand/performance.md and nothing else."""

from pathlib import Path

import pytest

from studies.bench import page
from studies.bench.__main__ import SECTIONS


@pytest.mark.parametrize("section", SECTIONS)
def test_every_section_has_its_place_with_figures_on_the_page(section: str):
    _, _, after = page.PAGE.read_text().partition(f"<!-- {section}: begin -->\n")
    figures, end, _ = after.partition(f"<!-- {section}: end -->")

    assert end
    assert "\n| " in figures


def test_writing_a_section_leaves_the_rest_alone(tmp_path: Path):
    there = tmp_path / "performance.md"
    there.write_text("a\n<!-- x: begin -->\nold\n<!-- x: end -->\nb\n<!-- y: begin -->\n")

    page.write("x", r"new \1", page=there)

    assert there.read_text() == (
        "a\n<!-- x: begin -->\nnew \\1\n<!-- x: end -->\nb\n<!-- y: begin -->\n"
    )
    with pytest.raises(LookupError, match="no markers for the section 'y'"):
        page.write("y", "new", page=there)


def test_noise_is_half_of_the_distance_between_the_quartiles():
    assert page.noise([90, 95, 100, 105, 110]) == pytest.approx(0.075)
