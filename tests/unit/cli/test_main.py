"""From a command line to an exit code: quickly, and never with a traceback."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.operating import OperatedRotator
from token_rotator_cli.__main__ import main

SLOW_TO_IMPORT = {"aws_cdk", "boto3", "botocore", "cryptography", "jwt", "pydantic", "urllib3"}


def imported_by(*arguments: str, directory: Path) -> set[str]:
    """The slow packages that a process imports when it runs the command."""
    program = (
        "import sys, token_rotator_cli.__main__ as command\n"
        "try:\n"
        "    command.main(sys.argv[1:])\n"
        "except SystemExit:\n"
        "    pass\n"
        "print('imported', *sorted({name.partition('.')[0] for name in sys.modules}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        cwd=directory,
        capture_output=True,
        text=True,
        check=True,
    )
    return SLOW_TO_IMPORT & set(done.stdout.splitlines()[-1].split())


@pytest.mark.parametrize("arguments", [["--help"], ["upload", "--help"], ["status"]])
def test_a_help_text_or_a_wrong_usage_imports_nothing_slow(arguments: list[str], tmp_path: Path):
    assert imported_by(*arguments, directory=tmp_path) == set()


def test_nothing_that_does_not_call_aws_imports_boto3_and_nothing_imports_the_cdk(tmp_path: Path):
    (tmp_path / "rotators.toml").write_text("[stack]\nname = 1\n")

    for arguments in (["costs"], ["check"], ["check", "--config", "nowhere.toml"]):
        assert imported_by(*arguments, directory=tmp_path) <= {"pydantic"}, arguments


def test_a_command_that_calls_aws_does_not_import_the_cdk(tmp_path: Path):
    found = imported_by("status", "--stack", "s", "--profile", "nowhere", directory=tmp_path)

    assert "boto3" in found
    assert "aws_cdk" not in found


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (["upload", "nowhere.txt"], "CredentialError"),
        (["status", "x"], "UsageError"),
        (["costs", "--config", "nowhere.toml"], "ConfigFileError"),
    ],
)
def test_with_json_an_error_is_a_document_too(
    rotator: OperatedRotator, arguments: list[str], error: str, capsys: pytest.CaptureFixture[str]
):
    if arguments[0] == "costs":
        code = main([*arguments, "--json"])
    else:
        code = rotator.run(*arguments, "--json")

    captured = capsys.readouterr()
    document = json.loads(captured.out)
    assert code == (2 if error == "UsageError" else 1)
    assert (document["ok"], document["error"]) == (False, error)
    assert document["message"] in captured.err


def test_an_error_that_nobody_expected_is_named_without_its_text(
    rotator: OperatedRotator, capsys: pytest.CaptureFixture[str]
):
    def fail(**_: object) -> Any:
        raise RuntimeError("sentinel")

    vars(rotator.aws)["parameters"] = type("Broken", (), {"get_parameter": staticmethod(fail)})

    assert rotator.run("status") == 1

    said = capsys.readouterr().err
    assert "\nUnexpected: RuntimeError in test_main.py:" in said
    assert "sentinel" not in said


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_interrupts(
    rotator: OperatedRotator, number: signal.Signals, capsys: pytest.CaptureFixture[str]
):
    before = signal.getsignal(number)
    rotator.while_waiting = [lambda: signal.raise_signal(number)]
    rotator.store(rotator.account.as_downloaded() + "\n")

    code = rotator.run("upload", "-", stdin=rotator.account.as_downloaded().encode())

    assert code == 130
    assert "Traceback" not in capsys.readouterr().err
    assert signal.getsignal(number) is before


def test_a_reader_that_has_gone_is_no_traceback(tmp_path: Path):
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as nobody:
        done = subprocess.run(
            [sys.executable, "-m", "token_rotator_cli", "costs"],
            cwd=tmp_path,
            stdout=nobody,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )

    assert done.returncode == 1
    assert "Error" not in done.stderr
    assert "Traceback" not in done.stderr
