"""The example on the page of `check` is what `check` shows, apart from names and numbers."""

import re

import pytest

from local import ROOT
from tests.support.operated_aws import FakeStacks
from tests.support.operating import OperatedRotator
from tests.unit.cli.check.checking import OUTPUTS

PAGE = (ROOT / "docs" / "reference" / "command" / "check.md").read_text(encoding="utf-8")
NAMES = {"invoke", "rotator"}
"""Of the test's roles."""
ROW = re.compile(r"(?m)^(\w+) +(\w+) +(\S.*)$")


def rows(text: str) -> list[tuple[str, str]]:
    """Result and step of each row."""
    return [(result, step) for result, step, _ in ROW.findall(text)]


def words(message: str) -> str:
    """The message without names and numbers."""
    found = (word for word in message.split() if re.fullmatch("[A-Za-z]?[a-z,.:;]+", word))
    return " ".join(word for word in found if word not in NAMES)


def test_the_example_is_what_check_shows(
    rotator: OperatedRotator, capsys: pytest.CaptureFixture[str]
):
    example = PAGE.split("\n```\nok ")[1].split("\n```\n")[0]
    rotator.idp.reject(rotator.account)
    rotator.aws.cloudwatch.set_alarm_state(
        AlarmName="stack/marketing/RefreshFailing", StateValue="ALARM", StateReason="a test"
    )
    vars(rotator.aws)["cloudformation"] = FakeStacks(OUTPUTS)

    rotator.run("check", "--stack", "stack")

    shown = capsys.readouterr().out
    assert rows(f"ok {example}") == rows(shown)
    for (*_, quoted), (*_, message) in zip(
        ROW.findall(f"ok {example}"), ROW.findall(shown), strict=True
    ):
        assert words(message).startswith(words(quoted.removesuffix(" ..."))), message
    assert example.splitlines()[-1] == shown.splitlines()[-1]
