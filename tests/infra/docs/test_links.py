"""Links from page to page lead to files and headings that exist."""

import re
import subprocess

import pytest

from local import ROOT
from tests.support.headings import anchors

PAGES = subprocess.run(
    ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.md"],
    cwd=ROOT,
    capture_output=True,
    text=True,
    check=True,
).stdout.split()


@pytest.mark.parametrize("page", PAGES)
def test_the_links_lead_somewhere(page: str):
    file = ROOT / page
    text = re.sub(r"(?s)```.*?```|`[^`\n]*`", "", file.read_text(encoding="utf-8"))

    for target, anchor in re.findall(r"\]\(([^):#\s]*)(?:#([^)\s]+))?\)", text):
        there = (file.parent / target).resolve() if target else file
        assert there.exists(), target
        if anchor and there.suffix == ".md":
            assert anchor in anchors(there.read_text(encoding="utf-8")), (target, anchor)


def test_which_way_is_short():
    page = (ROOT / "docs" / "start" / "which-way.md").read_text(encoding="utf-8")

    assert len(page.split()) < 900
