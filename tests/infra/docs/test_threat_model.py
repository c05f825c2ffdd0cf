"""The tests and checks that the threat model names exist."""

import re

from local import ROOT
from tests.audit.evidence import every_check

MODEL = (ROOT / "docs" / "security" / "threat-model.md").read_text(encoding="utf-8")


def test_every_named_test_exists():
    named = re.findall(r"`(tests/[a-z_/.]+)`", MODEL)

    assert named
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_every_quoted_row_of_the_audit_exists():
    quoted = re.findall(r'audit: "([^"]+)"', MODEL)
    rows = [check.says for check in every_check()]

    assert quoted
    assert [one for one in quoted if not any(row.startswith(one) for row in rows)] == []
