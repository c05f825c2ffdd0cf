"""The pages about the project name files and folders that exist."""

import re
from pathlib import Path

import pytest

from local import ROOT

PAGES = ("CONTRIBUTING.md", "SECURITY.md", "SUPPORT.md")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


def paths_of_the_tree() -> set[Path]:
    """The first column of "Where things go"; what is indented is in the folder above."""
    tree = CONTRIBUTING.split("## Where things go\n\n```\n")[1].split("```")[0]
    above, found = Path(), set()
    for line in tree.splitlines():
        ((indent, names),) = re.findall(r"^( *)((?:\S+, )*\S+)", line)
        for name in names.split(", "):
            found.add(above / name if indent else Path(name))
        above = above if indent else Path(names)
    return found


@pytest.mark.parametrize("page", PAGES)
def test_every_path_that_a_page_names_exists(page: str):
    text = (ROOT / page).read_text(encoding="utf-8")
    named = {*re.findall(r"`(?!build/)([\w.-]+(?:/[\w.-]+)+)`", text)}

    assert [one for one in named if not (ROOT / one).exists()] == []


def test_everything_in_the_tree_exists():
    assert len(paths_of_the_tree()) > 20
    assert [one for one in paths_of_the_tree() if not (ROOT / one).exists()] == []


@pytest.mark.parametrize("folder", ["studies", "tests"])
def test_the_tree_names_every_part_of(folder: str):
    lines = re.findall(rf"^{folder}/.*\n(?: .*\n)*", CONTRIBUTING, re.M)[0]
    parts = {path.name for path in (ROOT / folder).iterdir() if [*path.glob("*.py")]}

    assert parts - {*re.findall(r"\w+", lines)} == set()
