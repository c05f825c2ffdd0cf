"""The runbook covers every error class and every alarm, and its commands exist."""

import re

import pytest

from local import ROOT
from tests.support.infra_templates import resources, template
from token_rotator import errors

RUNBOOK = (ROOT / "docs" / "operate" / "runbook.md").read_text(encoding="utf-8")
DECISIONS = RUNBOOK.split("\n## From the error to the fix\n")[1].split("\n## ")[0]


def every_class(kind: type[errors.RotationError]) -> list[type[errors.RotationError]]:
    return [kind, *(below for child in kind.__subclasses__() for below in every_class(child))]


@pytest.mark.parametrize(
    "error", every_class(errors.RotationError), ids=lambda error: error.__name__
)
def test_every_error_class_has_a_row_that_says_whether_a_retry_helps(error):
    rows = [row.split("|") for row in DECISIONS.splitlines() if f"`{error.__name__}`" in row]

    (row,) = [row for row in rows if f"`{error.__name__}`" in row[1]]
    _, _, retry_helps, cause, fix, _ = row
    assert retry_helps.strip() == ("yes" if error.retry_helps else "no")
    assert cause.strip()
    assert fix.strip()


@pytest.mark.parametrize("promise", ["**Means**", "**First**", "**Clears**"])
def test_every_alarm_has_a_section_with_meaning_first_step_and_clearing(promise):
    for alarm in resources(template(), "AWS::CloudWatch::Alarm").values():
        name = alarm["AlarmName"].rpartition("/")[2]
        page = RUNBOOK.split(f"\n### {name}\n")[1].split("\n#")[0]
        assert promise in page, name


def test_every_make_command_is_a_target_of_the_makefile():
    verbs = set(re.findall(r"`make ([a-z-]+)", RUNBOOK))
    known = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M))

    assert verbs <= known
    assert verbs
