"""`check` invokes the function, and says what only the outside shows where it cannot."""

import json

import pytest

from tests.support.operated_aws import Denying, FakeStacks, Refusing
from tests.support.operating import FUNCTION, LOG_GROUP, PARAMETER, OperatedRotator
from tests.unit.cli.check.broken_rotators import throttles
from tests.unit.cli.check.checking import OUTPUTS, steps
from token_rotator.contract import Trigger
from token_rotator.errors import TokenRequestRefused


def test_the_function_tells_what_it_is_asked_even_where_lambda_sends_no_log(
    rotator: OperatedRotator, capsys: pytest.CaptureFixture[str]
):
    rotator.idp.reject(rotator.account)
    rotator.functions.tail = False

    in_the_log = steps(rotator, capsys)
    vars(rotator.aws)["logs"] = Denying(rotator.aws.logs, "get_paginator")
    in_the_error_alone = steps(rotator, capsys)

    assert in_the_log["exchange"]["error"] == "TokenRequestRefused"
    assert in_the_error_alone["exchange"]["result"] == "skipped"
    assert in_the_error_alone["invocation"]["error"] == "TokenRequestRefused"


def test_a_log_that_was_cut_at_its_beginning_still_holds_the_report(
    rotator: OperatedRotator, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    """Lambda sends the last 4 KB, of which libraries may have written the first."""
    rotator.idp.reject(rotator.account)
    real = rotator.rotate

    def talkative(**event: object) -> dict[str, object]:
        try:
            return real(**event)
        finally:
            rotator.printed = "{" + "x" * 9000 + "\n" + rotator.printed + '{"type": "END"}\n'

    monkeypatch.setattr(rotator, "rotate", talkative)

    assert steps(rotator, capsys)["exchange"]["error"] == "TokenRequestRefused"


def test_whoever_may_not_invoke_it_is_told_what_the_log_says(
    rotator: OperatedRotator, capsys: pytest.CaptureFixture[str]
):
    rotator.idp.reject(rotator.account)
    with pytest.raises(TokenRequestRefused):
        rotator.rotate(trigger=Trigger.WATCHDOG)
    vars(rotator.aws)["functions"] = Denying(rotator.functions, "invoke")

    found = steps(rotator, capsys)

    assert found["invocation"]["result"] == "unknown"
    assert "ask for lambda:InvokeFunction" in found["invocation"]["message"]
    assert found["exchange"]["error"] == "TokenRequestRefused"
    assert found["exchange"]["message"].startswith("by the log, 20")
    assert "(watchdog): The token endpoint refused" in found["exchange"]["message"]


def test_a_throttled_function_is_told_with_who_throttles_it(
    rotator: OperatedRotator, capsys: pytest.CaptureFixture[str]
):
    throttles(rotator)

    found = steps(rotator, capsys)

    wrong = [name for name, one in found.items() if one["result"] == "wrong"]
    assert wrong == ["invocation", "concurrency"]
    assert "TooManyRequestsException" in found["invocation"]["message"]
    assert "0 is reserved for the function" in found["concurrency"]["message"]
    assert found["publish"]["message"].startswith("by the log, "), "the last one that ran"


def test_a_busy_function_is_asked_again(
    rotator: OperatedRotator, capsys: pytest.CaptureFixture[str]
):
    real = rotator.functions.invoke
    busy = Refusing("TooManyRequestsException").invoke
    rotator.functions.invoke = busy  # type: ignore[method-assign]
    rotator.while_waiting = [lambda: vars(rotator.functions).update(invoke=real)]

    assert rotator.run("check") == 0


def test_without_the_function_the_stack_tells_what_is_left(
    rotator: OperatedRotator, capsys: pytest.CaptureFixture[str]
):
    rotator.idp.reject(rotator.account)
    with pytest.raises(TokenRequestRefused):
        rotator.rotate(trigger=Trigger.SCHEDULE)
    vars(rotator.aws)["cloudformation"] = FakeStacks(OUTPUTS, log_groups=[LOG_GROUP])
    rotator.delete_function()

    code = rotator.run("check", "--stack", "stack", "--json")

    answer = json.loads(capsys.readouterr().out)
    found = {one["step"]: one for one in answer["steps"]}
    assert (code, answer["wrong"]) == (1, ["function", "exchange"])
    assert (
        f"function arn:aws:lambda:eu-west-1:123456789012:function:{FUNCTION} does not exist in"
        in (found["function"]["message"])
    )
    assert found["exchange"]["message"].startswith("by the log, ")
    assert found["record"]["message"].startswith(f"version 1 of {PARAMETER}: 29")
    assert found["schedules"]["result"] == found["alarms"]["result"] == "ok"
