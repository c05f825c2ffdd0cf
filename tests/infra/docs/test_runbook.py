"""The runbook covers every error class, every alarm and every failure, and its commands exist."""

import re
import shlex

import pytest

from local import ROOT
from tests.e2e.broken_links import BROKEN
from tests.support.headings import anchors
from tests.support.infra_templates import resources, template
from tests.support.runbook import INTRODUCTION, PAGE, Section
from token_rotator import errors
from token_rotator_cdk.constructs.monitoring.texts import TEXTS
from token_rotator_cli.arguments.parser import parser
from token_rotator_cli.check.check import STEPS

ERRORS = (ROOT / "docs" / "reference" / "errors.md").read_text(encoding="utf-8")
SECTIONS = Section.all()
TRIED_ELSEWHERE = {
    "Nobody has stored a key": "tests/e2e/test_operators.py",
    "The key has leaked": "tests/e2e/test_operating.py",
}
LINES = "".join(section.commands for section in SECTIONS.values()).replace("\\\n", "").splitlines()


def rows(heading: str) -> list[list[str]]:
    """The cells of the table below a heading of the runbook."""
    return cells(PAGE.split(f"\n## {heading}\n")[1].split("\n## ")[0])


def cells(text: str) -> list[list[str]]:
    """The cells of the table in the text, without its head."""
    table = [line for line in text.splitlines() if line.startswith("|")][2:]
    return [[cell.strip() for cell in line.split("|")[1:-1]] for line in table]


def every_class(kind: type[errors.RotationError]) -> list[type[errors.RotationError]]:
    return [kind, *(below for child in kind.__subclasses__() for below in every_class(child))]


@pytest.mark.parametrize(
    "error", every_class(errors.RotationError), ids=lambda error: error.__name__
)
def test_every_error_class_has_a_row_that_says_whether_a_retry_helps(error):
    ((_, retry_helps, cause, fix),) = [
        row for row in cells(ERRORS) if row[0] == f"`{error.__name__}`"
    ]

    assert retry_helps == ("yes" if error.retry_helps else "no")
    assert cause
    assert fix


@pytest.mark.parametrize("promise", ["**Means**", "**First**"])
def test_every_alarm_has_a_section_with_its_meaning_and_the_first_step(promise):
    for alarm in resources(template(), "AWS::CloudWatch::Alarm").values():
        name = alarm["AlarmName"].rpartition("/")[2]
        page = PAGE.split(f"\n### {name}\n")[1].split("\n#")[0]
        assert promise in page, name


@pytest.mark.parametrize("name", TEXTS)
def test_the_first_command_is_that_of_the_alarm_s_own_text(name: str):
    page = PAGE.split(f"\n### {name}\n")[1].split("\n#")[0]

    assert f"**First** `token-rotator {TEXTS[name].first_command}`" in page


def test_every_failure_was_tried_or_the_page_says_why_not():
    tried = {link.section for link in BROKEN.values()} | TRIED_ELSEWHERE.keys()
    untried = {title for title, reason in rows("What was tried") if reason}

    assert tried | untried == SECTIONS.keys()
    assert tried & untried == set()


@pytest.mark.parametrize("title", TRIED_ELSEWHERE)
def test_a_failure_that_is_tried_elsewhere_is_tried_by_the_commands_of_its_section(title):
    assert f'Section.all()["{title}"]' in (ROOT / TRIED_ELSEWHERE[title]).read_text()


@pytest.mark.parametrize("link", BROKEN.values(), ids=BROKEN.keys())
def test_what_check_says_of_a_broken_link_leads_to_its_section(link):
    (anchor,) = anchors(f"### {link.section}")
    lead = {line for line, _, section in rows("What check says") if f"(#{anchor})" in section}

    assert f"`{link.steps[-1]}`" in " ".join(lead)


def test_the_table_of_what_check_says_names_steps_of_check_and_every_failure_that_it_sees():
    named = {step for line, *_ in rows("What check says") for step in re.findall("`(.*?)`", line)}
    linked = {section for *_, section in rows("What check says")}

    assert named <= {step.name for step in STEPS}
    assert {f"[{title}](#{anchors(f'# {title}').pop()})" for title in SECTIONS} - linked == {
        f"[{title}](#{anchors(f'# {title}').pop()})" for title in TRIED_ELSEWHERE
    }


@pytest.mark.parametrize("title", [one.title for one in SECTIONS.values() if one.commands])
def test_the_commands_of_a_section_end_with_check(title):
    assert SECTIONS[title].commands.endswith(("\ntoken-rotator check\n", "done\n"))


def test_the_commands_are_those_of_the_command_and_of_the_makefile():
    for line in LINES:
        if line.startswith("token-rotator "):
            parser().parse_args(shlex.split(line)[1:])
    verbs = set(re.findall(r"`?make ([a-z-]+)", PAGE))
    assert verbs <= set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M))
    assert verbs


def test_a_word_in_capitals_in_a_command_is_explained():
    words = {word for line in LINES for word in re.findall(r"(?<=\s)[A-Z]{3,}\b(?!=)", line)}

    assert words - {"ENABLED"} == {
        "FILE",
        "FUNCTION",
        "SCHEDULE",
        "RULE",
        "ALARMS",
        "SECRET",
        "KEY",
    }
    assert {word for word in words if f"`{word}`" not in INTRODUCTION} == {"ENABLED"}
