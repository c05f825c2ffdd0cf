"""Wrong usage is explained; docs/reference/command shows the help texts (studies/reference)."""

import pytest

from token_rotator_cli.__main__ import main
from token_rotator_cli.arguments.commands import COMMANDS


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ([], "required: COMMAND"),
        (["chek"], "invalid choice: 'chek'"),
        (["check", "--function", "f", "--stack", "s"], "not allowed with argument"),
        (["check", "--config", "c.toml", "--stack", "s"], "not allowed with argument"),
        (["upload", "--function", "f"], "required: FILE"),
        (["try"], "required: FILE"),
        (["try", "f", "--provider", "okta"], "invalid choice: 'okta'"),
        (["try", "f", "--provider", "rfc7523", "--config", "c"], "not allowed with argument"),
        (["rotate", "--func", "f"], "unrecognized arguments: --func"),
        (["costs", "marketing"], "unrecognized arguments: marketing"),
        (["live-check", "--function", "f"], "unrecognized arguments: --function"),
        (["live-check", "--expire", "0"], "write a number from 1 to 1440"),
        (["live-check", "--expire", "x"], "write a number from 1 to 1440"),
        (["live-check", "--invocations", "2"], "write a number from 3 to 10000"),
    ],
)
def test_arguments_that_make_no_sense_exit_with_2(
    arguments: list[str], text: str, capsys: pytest.CaptureFixture[str]
):
    with pytest.raises(SystemExit) as ended:
        main(arguments)

    captured = capsys.readouterr()
    assert ended.value.code == 2
    assert captured.out == ""
    assert captured.err.startswith("usage: token-rotator ")
    assert text in captured.err


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_json_and_names_its_configuration_in_the_same_way(
    command: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    with pytest.raises(SystemExit):
        main([command, "--help"])
    text = capsys.readouterr().out
    monkeypatch.setenv("COLUMNS", "60")
    with pytest.raises(SystemExit):
        main([command, "--help"])

    assert "--json" in text
    assert "--config FILE" in text
    assert ("--stack NAME" in text) is (command not in {"costs", "key-policy", "try"})
    assert capsys.readouterr().out == text, "a narrow terminal changes nothing"
