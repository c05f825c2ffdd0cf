"""The network of a function in a VPC is checked, subnet by subnet."""

import pytest

from tests.support.live_account import LiveAccount
from tests.support.preflight_services import GROUP, SUBNETS, VPC
from tests.unit.cli.live_check.conftest import Shown

FIRST, SECOND = SUBNETS


@pytest.fixture
def attached(account: LiveAccount) -> LiveAccount:
    """The function is attached to two private subnets with a NAT gateway."""
    account.says["VpcConfig"] = {
        "VpcId": VPC,
        "SubnetIds": [*SUBNETS],
        "SecurityGroupIds": [GROUP],
    }
    account.network.interfaces = [(subnet, {GROUP}) for subnet in SUBNETS]
    return account


def test_without_a_vpc_there_is_nothing_to_check(check: Shown):
    assert check()[1]["network"]["message"] == "not in a VPC"


def test_a_network_that_suffices_is_ok(attached: LiveAccount, check: Shown):
    code, steps = check()

    assert (code, steps["network"]["result"]) == (0, "ok")
    assert steps["network"]["facts"] == {"subnets": 2, "interfaces": 2}


@pytest.mark.parametrize(
    ("route", "result", "said"),
    [
        ({"GatewayId": "igw-0123456789abcdef0"}, "wrong", f"{SECOND} leads to an internet gateway"),
        (
            {"NatGatewayId": "nat-0", "State": "blackhole"},
            "wrong",
            f"route of {SECOND} was deleted",
        ),
        (
            {},
            "warning",
            f"{SECOND} has no default route: only targets in the VPC's routes are reachable",
        ),
        ({"TransitGatewayId": "tgw-0123456789abcdef0"}, "ok", ""),
    ],
)
def test_each_subnets_way_out_is_judged(
    attached: LiveAccount, check: Shown, route: dict[str, str], result: str, said: str
):
    attached.network.routes[SECOND] = route

    network = check()[1]["network"]

    assert network["result"] == result
    assert said in network["message"]
    assert FIRST not in network["message"]


def test_a_subnet_without_an_interface_is_named(attached: LiveAccount, check: Shown):
    attached.network.interfaces.pop()

    network = check()[1]["network"]

    assert network["result"] == "wrong"
    assert f"{SECOND} has no interface in use" in network["message"]


def test_a_group_of_another_vpc_is_named(attached: LiveAccount, check: Shown):
    attached.network.groups[GROUP] = "vpc-0000000000000000f"

    assert "The function names the security group" in check()[1]["network"]["message"]


def test_a_full_subnet_is_a_warning(attached: LiveAccount, check: Shown):
    attached.network.subnets[FIRST]["AvailableIpAddressCount"] = 0
    attached.network.subnets[SECOND]["MapPublicIpOnLaunch"] = True

    network = check()[1]["network"]

    assert network["result"] == "warning"
    assert f"is in {SECOND}, which seems to be a public subnet" in network["message"]
