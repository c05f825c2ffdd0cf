"""`check` says whether Lambda can run the function, and in which network it is."""

import json
from typing import Any

import boto3
import pytest

from tests.support.operating import OperatedRotator
from token_rotator_cli.check.function_steps import FIXES

VPC = {
    "VpcConfig": {
        "VpcId": "vpc-0123456789abcdef0",
        "SubnetIds": ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"],
        "SecurityGroupIds": ["sg-0123456789abcdef0"],
    }
}
OF_THE_NETWORK = {
    *("EniLimitExceeded", "SubnetOutOfIPAddresses", "InvalidSubnet", "InvalidSecurityGroup"),
    *("InsufficientRolePermissions", "EC2RequestLimitExceeded"),
    "DisallowedByVpcEncryptionControl",
}


def steps(rotator: OperatedRotator, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    code = rotator.run("check", "--json")
    answer = json.loads(capsys.readouterr().out)
    assert (code == 0) is answer["ok"]
    return {one["step"]: one for one in answer["steps"]}


def test_an_active_function_is_ok_and_its_network_is_named(
    rotator: OperatedRotator, capsys: pytest.CaptureFixture[str]
):
    assert "active, not in a VPC" in steps(rotator, capsys)["state"]["message"]

    rotator.functions.says = {"State": "Active", "LastUpdateStatus": "Successful", **VPC}

    found = steps(rotator, capsys)["state"]
    assert found["result"] == "ok"
    assert "active, in vpc-0123456789abcdef0 (2 subnets, 1 security groups)" in found["message"]
    assert found["facts"]["vpc"] == "vpc-0123456789abcdef0"


@pytest.mark.parametrize("code", FIXES)
def test_a_function_that_could_not_be_attached_is_wrong_with_what_to_do(
    rotator: OperatedRotator, capsys: pytest.CaptureFixture[str], code: str
):
    rotator.functions.says = {
        "State": "Failed", "StateReasonCode": code, "StateReason": "As AWS says.", **VPC,
    }  # fmt: skip

    found = steps(rotator, capsys)["state"]

    assert (found["result"], found["error"]) == ("wrong", "ConfigurationError")
    assert f"cannot be invoked (Failed): {code}, As AWS says. What to do: " in found["message"]
    assert FIXES[code] in found["message"]
    assert "docs/network/vpc.md" in found["message"]


@pytest.mark.parametrize("code", FIXES)
def test_an_update_that_failed_is_wrong_although_the_function_runs(
    rotator: OperatedRotator, capsys: pytest.CaptureFixture[str], code: str
):
    rotator.functions.says = {
        "State": "Active", "LastUpdateStatus": "Failed", "LastUpdateStatusReasonCode": code, **VPC,
    }  # fmt: skip

    found = steps(rotator, capsys)["state"]

    assert found["result"] == "wrong"
    assert "it runs the previous version" in found["message"]
    assert FIXES[code] in found["message"]


def test_a_reason_that_is_new_is_told_as_lambda_says_it(
    rotator: OperatedRotator, capsys: pytest.CaptureFixture[str]
):
    rotator.functions.says = {"State": "Failed", "StateReasonCode": "Moonlight"}

    assert "Moonlight. What to do: see the reason" in steps(rotator, capsys)["state"]["message"]


def test_a_failure_without_a_reason_is_no_traceback(
    rotator: OperatedRotator, capsys: pytest.CaptureFixture[str]
):
    rotator.functions.says = {"State": "Failed"}

    assert "(Failed). What to do: deploy the stack" in steps(rotator, capsys)["state"]["message"]


@pytest.mark.parametrize("code", ["Idle", ""])
def test_an_idle_function_is_woken(
    rotator: OperatedRotator, capsys: pytest.CaptureFixture[str], code: str
):
    rotator.functions.says = {"State": "Inactive", "StateReasonCode": code, **VPC}

    found = steps(rotator, capsys)["state"]

    assert found["result"] == "wrong"
    assert "`token-rotator rotate`" in found["message"]


def test_an_inactive_function_that_cannot_be_attached_again_says_why(
    rotator: OperatedRotator, capsys: pytest.CaptureFixture[str]
):
    rotator.functions.says = {
        "State": "Inactive", "StateReasonCode": "SubnetOutOfIPAddresses", **VPC,
    }  # fmt: skip

    assert FIXES["SubnetOutOfIPAddresses"] in steps(rotator, capsys)["state"]["message"]


@pytest.mark.parametrize(
    ("says", "said"),
    [
        ({"State": "Pending", "StateReasonCode": "Creating"}, "still attaching it"),
        ({"State": "Active", "LastUpdateStatus": "InProgress"}, "an update is in progress"),
    ],
)
def test_what_takes_a_minute_is_a_warning_and_no_failure(
    rotator: OperatedRotator,
    capsys: pytest.CaptureFixture[str],
    says: dict[str, Any],
    said: str,
):
    rotator.functions.says = says | VPC

    found = steps(rotator, capsys)["state"]

    assert (found["result"], found["error"]) == ("warning", None)
    assert said in found["message"]


def test_the_fixes_are_for_reasons_that_lambda_has_and_cover_those_of_the_network():
    model: Any = boto3.client("lambda", region_name="eu-west-1").meta.service_model
    known = {
        code
        for shape in ("StateReasonCode", "LastUpdateStatusReasonCode")
        for code in model.shape_for(shape).enum
    }

    assert FIXES.keys() <= known
    assert known >= OF_THE_NETWORK
    assert FIXES.keys() >= OF_THE_NETWORK
