"""The tests and checks that the threat model names exist, and its links have targets."""

import re

import pytest

from local import ROOT
from tests.audit.evidence import every_check
from tests.support.headings import anchors

PAGES = ("SECURITY.md", "docs/threat-model.md")
MODEL = (ROOT / "docs" / "threat-model.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES)
def test_every_link_has_a_target(page):
    source = ROOT / page
    text = source.read_text(encoding="utf-8")

    for target, anchor in re.findall(r"\]\(([^)#]*)#?([^)]*)\)", text):
        file = (source.parent / target) if target else source
        assert file.is_file(), target
        assert not anchor or anchor in anchors(file.read_text(encoding="utf-8")), anchor


def test_every_named_test_exists():
    named = re.findall(r"`(tests/[a-z_/.]+)`", MODEL)

    assert named
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_every_quoted_row_of_the_audit_exists():
    quoted = re.findall(r'audit: "([^"]+)"', MODEL)
    rows = [check.says for check in every_check()]

    assert quoted
    assert [one for one in quoted if not any(row.startswith(one) for row in rows)] == []
