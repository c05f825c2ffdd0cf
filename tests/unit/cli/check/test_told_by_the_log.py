"""Where Lambda cannot describe the function, `check` tells its last rotation by the log."""

import json
from typing import Any

import pytest

from tests.support.operated_aws import STACK, Denying, FakeStacks
from tests.support.operating import FUNCTION, LOG_GROUP, PARAMETER, OperatedRotator
from token_rotator.contract import Trigger
from token_rotator.errors import CredentialError

OUTPUTS = {"MarketingFunctionName": FUNCTION, "MarketingParameterName": PARAMETER}


def check(rotator: OperatedRotator, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    capsys.readouterr()
    rotator.run("check", "marketing", "--stack", STACK, "--json")
    return {one["step"]: one for one in json.loads(capsys.readouterr().out)["steps"]}


def test_a_secret_that_could_not_be_read_is_wrong(
    rotator: OperatedRotator, capsys: pytest.CaptureFixture[str]
):
    rotator.start(secrets=Denying(rotator.aws.secrets, "get_secret_value"))
    with pytest.raises(CredentialError):
        rotator.rotate(trigger=Trigger.SCHEDULE)
    vars(rotator.aws)["cloudformation"] = FakeStacks(OUTPUTS, log_groups=[LOG_GROUP])
    rotator.delete_function()

    found = check(rotator, capsys)["secret"]

    assert (found["result"], found["error"]) == ("wrong", "CredentialError")
    assert "The secret could not be read (AccessDeniedException)" in found["message"]


def test_the_log_is_the_rotators_own_where_the_stack_has_several(
    rotator: OperatedRotator, capsys: pytest.CaptureFixture[str]
):
    ours, theirs = (f"{STACK}-{one}RotatorLogGroup5C2D-x" for one in ("Marketing", "Sales"))
    vars(rotator.aws)["cloudformation"] = FakeStacks(OUTPUTS, log_groups=[theirs, ours])
    rotator.delete_function()

    assert f"The log group {ours} does not exist" in check(rotator, capsys)["log"]["message"]
