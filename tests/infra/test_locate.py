"""`make check` and its siblings find a rotator's stack in the configuration file."""

import shlex
from pathlib import Path

import pytest

from token_rotator_cli.arguments import parser
from token_rotator_cli.locate import main

CONFIG = """\
[stack]
name = "tokens"
{region}

[rotators.marketing]
parameter_name = "/marketing/token"
"""


@pytest.mark.parametrize(
    ("line", "region"), [("", None), ('region = "eu-central-1"', "eu-central-1")]
)
def test_the_command_understands_what_the_file_says(
    line: str, region: str | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    file = tmp_path / "rotators.toml"
    file.write_text(CONFIG.format(region=line))

    code = main([str(file)])

    chosen = parser().parse_args(["check", *shlex.split(capsys.readouterr().out)])
    assert (code, chosen.stack, chosen.region) == (0, "tokens", region)


TWO_STACKS = (
    CONFIG.format(region="")
    + """
[rotators.sales]
parameter_name = "/sales/token"
stack = "more-tokens"
"""
)


@pytest.mark.parametrize(("name", "stack"), [("marketing", "tokens"), ("sales", "more-tokens")])
def test_the_command_is_led_to_the_stack_that_the_rotator_is_in(
    name: str, stack: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    file = tmp_path / "rotators.toml"
    file.write_text(TWO_STACKS)

    code = main(["--rotator", name, str(file)])

    chosen = parser().parse_args(["check", *shlex.split(capsys.readouterr().out)])
    assert (code, chosen.stack, chosen.rotator) == (0, stack, name)


@pytest.mark.parametrize(
    ("words", "fix"),
    [
        ([], "Say which rotator is meant, ROTATOR=name: marketing, sales."),
        (["--rotator", "sale"], "has no [rotators.sale]. Did you mean sales?"),
        (["--rotator", "x"], "has no [rotators.x]. It has: marketing, sales."),
    ],
)
def test_a_rotator_that_the_file_does_not_tell_is_asked_for(
    words: list[str], fix: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    file = tmp_path / "rotators.toml"
    file.write_text(TWO_STACKS)

    assert main([*words, str(file)]) == 1

    captured = capsys.readouterr()
    assert captured.out == ""
    assert fix in captured.err


def test_a_mistake_in_the_file_ends_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert main([str(tmp_path / "nowhere.toml")]) == 1

    captured = capsys.readouterr()
    assert captured.out == ""
    assert "no such file" in captured.err
