"""docs/live-check.md shows the help as it is."""

import pytest

from local import ROOT
from token_rotator_cli.live_check.command import main

DOCUMENTED = (ROOT / "docs" / "live-check.md").read_text(encoding="utf-8")


def test_the_documented_help_is_the_help(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setenv("COLUMNS", "60")  # a narrow terminal must not change it

    with pytest.raises(SystemExit) as ended:
        main(["--help"])

    shown = f"```\n$ python -m live_check --help\n{capsys.readouterr().out}```\n"
    assert ended.value.code == 0
    assert shown in DOCUMENTED, f"docs/live-check.md lacks this:\n\n{shown}"


@pytest.mark.parametrize(
    "options",
    [[], ["--stack", "s", "--expire", "0"], ["--stack", "s", "--expire", "x"], ["--function", "f"]],
)
def test_arguments_that_make_no_sense_exit_with_2(
    options: list[str], capsys: pytest.CaptureFixture[str]
):
    with pytest.raises(SystemExit) as ended:
        main(options)

    assert ended.value.code == 2
    assert "usage: python -m live_check" in capsys.readouterr().err
