"""Where the network is enough, the preflight is quiet; where it may not be, it warns."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from fakes.environment import function_environment
from tests.support.preflight_account import PARAMETER, PreflightAccount, steps_of
from tests.support.preflight_services import GROUP, SUBNETS, VPC
from tests.unit.cli.preflight.bad_accounts import CREATED
from tests.unit.cli.preflight.conftest import written
from token_rotator_cli.__main__ import main
from token_rotator_cli.deployment.network import Network
from token_rotator_cli.preflight.planned.from_templates import network_of_template


def associated(account: PreflightAccount) -> None:
    """A group of another VPC that this one may use."""
    account.network.groups[GROUP] = "vpc-2"
    account.network.associated.add((GROUP, VPC))


def attached_already(account: PreflightAccount) -> None:
    """No address is left, and none is needed."""
    for subnet in SUBNETS:
        account.network.subnets[subnet]["AvailableIpAddressCount"] = 0
        account.network.interfaces.append((subnet, {GROUP}))


@pytest.mark.parametrize("before", [associated, attached_already])
def test_a_network_that_suffices_is_not_mentioned(
    account: PreflightAccount,
    before: Callable[[PreflightAccount], None],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
):
    before(account)

    code = account.preflight(written(tmp_path, CREATED))

    assert (code, capsys.readouterr().out) == (0, "Nothing is wrong.\n")


def test_a_subnet_that_is_full_or_looks_public_is_a_warning(
    account: PreflightAccount, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    account.network.subnets[SUBNETS[0]]["AvailableIpAddressCount"] = 0
    account.network.subnets[SUBNETS[1]]["MapPublicIpOnLaunch"] = True

    code = account.preflight(written(tmp_path, CREATED))

    result, message = steps_of(capsys.readouterr().out)["network"]
    assert (code, result) == (0, "warning")
    assert f"tokens/marketing has no free address in {SUBNETS[0]}," in message
    assert f"It is in {SUBNETS[1]}, which seems to be a public subnet" in message


def test_without_a_vpc_nothing_is_asked(account: PreflightAccount, tmp_path: Path):
    text = f'[stack]\nname = "tokens"\n[rotators.marketing]\nparameter_name = "{PARAMETER}"\n'

    assert account.preflight(written(tmp_path, text)) == 0

    assert {action for action in account.calls if action.startswith("ec2:")} == set()


def test_each_rotator_is_judged_by_its_own_network(
    account: PreflightAccount, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    elsewhere = "subnet-0123456789abcdef9"
    account.network.subnets[elsewhere] = {
        **account.network.subnets[SUBNETS[0]],
        "SubnetId": elsewhere,
        "VpcId": "vpc-2",
    }
    account.network.groups["sg-0123456789abcdef9"] = "vpc-2"
    second = (
        f'[rotators.sales]\nparameter_name = "/sales"\nvpc.subnet_ids = ["{elsewhere}"]\n'
        'vpc.security_group_ids = ["sg-0123456789abcdef9"]\n'
    )

    good = account.preflight(written(tmp_path, CREATED + second))
    account.network.groups["sg-0123456789abcdef9"] = VPC
    bad = account.preflight(written(tmp_path, CREATED + second), "--json")

    (found,) = [
        one
        for one in json.loads(capsys.readouterr().out.partition("\n")[2])["steps"]
        if one["step"] == "network"
    ]
    assert (good, bad) == (0, 1)
    assert found["facts"] == {"rotator": "tokens/sales"}


def test_of_a_template_the_ids_that_are_texts_count():
    vpc = {"SubnetIds": [{"Ref": "Subnet"}, SUBNETS[0]], "SecurityGroupIds": [{"Ref": "Group"}]}

    found = network_of_template({"VpcConfig": vpc})

    assert found == Network(subnet_ids=(SUBNETS[0],), security_group_ids=())
    assert network_of_template({}) is None
    assert network_of_template({"VpcConfig": {"SubnetIds": [{"Ref": "Subnet"}]}}) is None


def test_the_network_of_an_app_is_compared_too(
    account: PreflightAccount, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    function = {
        "Type": "AWS::Lambda::Function",
        "Properties": {
            "Environment": {"Variables": function_environment(rotator="tokens/marketing")},
            "VpcConfig": {"SubnetIds": ["subnet-9"], "SecurityGroupIds": [GROUP]},
        },
    }
    artifact = {
        "type": "aws:cloudformation:stack",
        "environment": "aws://unknown-account/unknown-region",
        "properties": {"templateFile": "tokens.template.json"},
    }
    template = json.dumps({"Resources": {"Function": function}})
    (tmp_path / "tokens.template.json").write_text(template)
    (tmp_path / "manifest.json").write_text(json.dumps({"artifacts": {"tokens": artifact}}))

    code = main(["preflight", "--app", str(tmp_path)], connect=lambda **_: account.aws())

    result, message = steps_of(capsys.readouterr().out)["network"]
    assert (code, result) == (1, "WRONG")
    assert "tokens/marketing names the subnet subnet-9, which does not exist" in message
