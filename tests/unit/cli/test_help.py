"""docs/command.md shows the help as it is."""

from pathlib import Path

import pytest

from token_rotator_cli.arguments import COMMANDS
from token_rotator_cli.main import main

DOCUMENTED = (Path(__file__).parents[3] / "docs" / "command.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_the_documented_help_is_the_help(
    command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setenv("COLUMNS", "60")  # a narrow terminal must not change it
    arguments = [*command.split(), "--help"]

    with pytest.raises(SystemExit) as ended:
        main(arguments)

    shown = f"```\n$ python -m token_rotator {' '.join(arguments)}\n{capsys.readouterr().out}```\n"
    assert ended.value.code == 0
    assert shown in DOCUMENTED, f"docs/command.md lacks this:\n\n{shown}"


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["check"],
        ["check", "--function", "f", "--stack", "s"],
        ["upload", "--function", "f"],
        ["chek", "--function", "f"],
        ["rotate", "--function", "f", "--json"],
    ],
)
def test_arguments_that_make_no_sense_exit_with_2(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
):
    with pytest.raises(SystemExit) as ended:
        main(arguments)

    assert ended.value.code == 2
    assert "usage: python -m token_rotator" in capsys.readouterr().err
