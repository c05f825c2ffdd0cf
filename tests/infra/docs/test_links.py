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


def test_the_pages_that_code_and_messages_name_are_there():
    """Files that are no Markdown name a page by its path in the project."""
    found = subprocess.run(
        [
            "git",
            "grep",
            "-IohE",
            r"\bdocs/[a-z0-9/-]+\.md(#[a-z0-9-]+)?",
            "--",
            ":!*.md",
            ":!tests",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )

    named = {*found.stdout.split()}
    assert len(named) > 10
    for page, _, anchor in (one.partition("#") for one in sorted(named)):
        assert (ROOT / page).is_file(), page
        assert not anchor or anchor in anchors((ROOT / page).read_text(encoding="utf-8")), page


def test_which_way_is_short():
    page = (ROOT / "docs" / "start" / "which-way.md").read_text(encoding="utf-8")

    assert len(page.split()) < 900
