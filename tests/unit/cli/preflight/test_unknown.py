"""What the caller may not read, and what is no answer of AWS's, is unknown and no failure."""

import json
from pathlib import Path

import pytest
from boto3 import Session
from botocore.credentials import CredentialResolver
from botocore.parsers import ResponseParserError
from botocore.session import Session as BotocoreSession

from tests.support.preflight_account import PreflightAccount, steps_of
from tests.support.preflight_services import GROUP, SUBNETS, VPC
from tests.unit.cli.preflight.bad_accounts import BAD, CREATED, without_scheduler
from tests.unit.cli.preflight.conftest import written
from token_rotator_cli.__main__ import main
from token_rotator_cli.preflight.preflight import STEPS


def run_every_way(tmp_path: Path) -> set[str]:
    """The actions that were asked for, in accounts of every kind."""
    asked: set[str] = set()
    for spoil, text, _, _ in BAD.values():
        account = PreflightAccount()
        spoil(account)
        account.preflight(written(tmp_path, text))
        asked |= {*account.calls}
    return asked


def test_it_asks_for_the_actions_that_the_page_lists_and_for_no_others(tmp_path: Path):
    listed = {action for step in STEPS for action in step.actions}

    assert run_every_way(tmp_path) == listed


ACTIONS = sorted({action for step in STEPS for action in step.actions} - {"sts:AssumeRole"})


def which_needs(action: str) -> PreflightAccount:
    """An account that is good as far as it can be, where the action is needed."""
    account = PreflightAccount()
    if action == "servicequotas:GetServiceQuota":
        account.event_rules.rules = 101
    if action == "ssm:GetParameters":
        without_scheduler(account)
    if action in ("ssm:ListTagsForResource", "lambda:ListFunctions"):
        account.publish()
    if action == "lambda:GetFunctionConcurrency":
        account.deploy()
        account.functions.quota = 10
    if action == "ec2:GetSecurityGroupsForVpc":
        account.network.groups[GROUP] = "vpc-2"
        account.network.associated.add((GROUP, VPC))
    if action == "ec2:DescribeNetworkInterfaces":
        account.network.subnets[SUBNETS[0]]["AvailableIpAddressCount"] = 0
        account.network.interfaces.append((SUBNETS[0], {GROUP}))
    if action == "kms:DescribeKey":
        account.deploy()
    if action == "cloudformation:ListStackResources":
        account.secrets.put("{}")
    return account


@pytest.mark.parametrize("action", ACTIONS)
def test_what_the_caller_may_not_read_is_unknown_and_no_failure(
    action: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    account = which_needs(action)
    account.refuse(action)

    code = account.preflight(written(tmp_path, CREATED), "--json")

    document = json.loads(capsys.readouterr().out)
    assert (code, document["wrong"]) == (0, [])
    needing = {step.name for step in STEPS if action in step.actions}
    assert document["unknown"]
    assert {*document["unknown"]} <= needing
    messages = [one["message"] for one in document["steps"] if one["result"] == "unknown"]
    assert all(f"ask for {action}" in message for message in messages)


def test_a_proxys_page_in_the_place_of_xml_leads_to_the_proxy(
    account: PreflightAccount, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    def a_page() -> None:
        raise ResponseParserError("sentinel <html>")

    account.instead["iam:GetAccountSummary"] = a_page

    code = account.preflight(written(tmp_path, CREATED))

    out = capsys.readouterr().out
    assert (code, {*steps_of(out)}) == (0, {"roles", "policies"})
    assert "check the network, HTTPS_PROXY and AWS_ENDPOINT_URL" in steps_of(out)["roles"][1]
    assert "sentinel" not in out


@pytest.mark.parametrize(
    "action",
    # without a reservation that is what Lambda answers
    [action for action in ACTIONS if action != "lambda:GetFunctionConcurrency"],
)
def test_one_answer_that_is_not_awss_does_not_end_the_walk(
    action: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    account = which_needs(action)
    account.instead[action] = dict  # as botocore reads a page in the place of JSON

    code = account.preflight(written(tmp_path, CREATED), "--json")

    out, err = capsys.readouterr()
    document = json.loads(out)
    assert (code, document["wrong"], len(err.splitlines())) == (0, [], 1)
    assert len({one["step"] for one in document["steps"]}) == len(STEPS)
    assert document["unknown"]
    messages = [one["message"] for one in document["steps"] if one["result"] == "unknown"]
    assert all("The response is not from AWS" in message for message in messages)


def test_a_service_that_neither_botocore_nor_awss_list_knows_is_not_said_to_be_missing(
    account: PreflightAccount, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    account.lacks = {"scheduler"}

    assert account.preflight(written(tmp_path, CREATED)) == 0

    assert steps_of(capsys.readouterr().out)["services"] == (
        "unknown",
        "it is unknown whether eu-west-1 has scheduler",
    )


def without_credentials() -> BotocoreSession:
    session = BotocoreSession()
    session.register_component("credential_provider", CredentialResolver([]))
    return session


def test_where_there_are_no_credentials_nothing_is_known(
    account: PreflightAccount, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    aws = account.aws()
    del vars(aws)["account"]
    vars(aws)["_session"] = Session(region_name="eu-west-1", botocore_session=without_credentials())
    file = str(written(tmp_path, CREATED))

    code = main(["preflight", "--config", file], connect=lambda **_: aws)

    out = capsys.readouterr().out
    assert code == 0
    assert [*steps_of(out)] == ["account"]
    assert "There are no valid AWS credentials: log in" in out
    assert out.endswith("Nothing is wrong. Unknown: account.\n")
    assert account.calls == []
