"""`rotate` invokes the function and shows its answer, but no text that may hold a secret."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from tests.support.operated_aws import Refusing
from tests.support.operating import PARAMETER, OperatedRotator
from tests.support.terminal import shown
from tests.unit.cli.check.broken_rotators import throttles


def test_a_fresh_token_is_published(rotator: OperatedRotator, capsys: pytest.CaptureFixture[str]):
    assert rotator.run("rotate") == 0

    assert rotator.published()["Version"] == 2
    assert capsys.readouterr().out.startswith(f"published: version 2 of {PARAMETER}, expires at 20")


def test_a_program_gets_the_version_and_the_expiry(
    rotator: OperatedRotator, capsys: pytest.CaptureFixture[str]
):
    assert rotator.run("rotate", "--json") == 0

    document = json.loads(capsys.readouterr().out)
    assert (document["ok"], document["outcome"]) == (True, "published")
    assert (document["parameter"], document["version"]) == (PARAMETER, 2)
    assert datetime.fromisoformat(document["expires_at"]) > datetime.now(UTC)


def test_an_error_of_the_function_is_named(
    rotator: OperatedRotator, capsys: pytest.CaptureFixture[str]
):
    rotator.idp.reject(rotator.account)

    assert rotator.run("rotate") == 1

    captured = capsys.readouterr()
    assert captured.out == ""
    assert "\nTokenRequestRefused: The token endpoint refused" in captured.err
    assert rotator.published()["Version"] == 1


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (
            {"errorType": "Sandbox.Timedout", "errorMessage": "Task timed out after 50.00 seconds"},
            "Task timed out after 50.00 seconds",
        ),
        (
            {"errorType": "Runtime.ImportModuleError", "errorMessage": "No module named 'jwt'"},
            "No module named 'jwt'",
        ),
    ],
)
def test_an_error_of_the_runtime_is_quoted(
    rotator: OperatedRotator, answer: object, said: str, capsys: pytest.CaptureFixture[str]
):
    rotator.functions.answer = answer

    assert rotator.run("rotate") == 1

    assert said in capsys.readouterr().err


@pytest.mark.parametrize("kind", ["RuntimeError", "timedelta", "Path", ""])
def test_the_text_of_an_error_that_is_not_ours_is_not_shown(
    rotator: OperatedRotator, kind: str, capsys: pytest.CaptureFixture[str]
):
    rotator.functions.answer = {"errorType": kind, "errorMessage": "sentinel"}

    assert rotator.run("rotate") == 1

    said = shown(capsys)
    assert "See its log" in said
    assert "sentinel" not in said


def test_a_busy_function_is_explained(rotator: OperatedRotator, capsys: pytest.CaptureFixture[str]):
    rotator.while_waiting = [lambda: None] * 99
    rotator.functions.invoke = Refusing("TooManyRequestsException").invoke  # type: ignore[method-assign]

    assert rotator.run("rotate") == 1

    assert "other rotations are running" in capsys.readouterr().err


def test_a_secret_without_a_service_account_leads_to_upload(
    rotator: OperatedRotator, capsys: pytest.CaptureFixture[str]
):
    why = "No service account is stored yet: token-rotator upload FILE"
    rotator.functions.answer = {"outcome": "waiting", "warnings": [why]}

    assert rotator.run("rotate") == 1

    assert f"\nNoServiceAccountYet: {why}" in capsys.readouterr().err


def test_a_function_that_is_never_run_is_not_waited_for(
    rotator: OperatedRotator, capsys: pytest.CaptureFixture[str]
):
    throttles(rotator)

    assert rotator.run("rotate") == 1

    assert "its reserved concurrency is 0" in capsys.readouterr().err
    assert rotator.slept == timedelta()
