"""The buttons act once, and one of them repairs everything."""

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from local.aws.deployment import Rotator
from local.idp.identity_provider import IdentityProvider
from local.idp.service_account import ServiceAccount
from local.process.environment import REGION
from local.switches.names import ButtonName
from local.switches.panel import panel_of
from local.switches.switch import Panel
from tests.unit.local.switches.proxy import Proxy

PARAMETER = "/a/token"


class Aws:
    """Moto's AWS with a function that records its invocations."""

    def __init__(self) -> None:
        self.invoked: list[dict[str, Any]] = []

    def client(self, service: str) -> Any:
        return self if service == "lambda" else boto3.client(service, region_name=REGION)  # type: ignore[call-overload]

    def invoke(self, **asked: Any) -> None:
        self.invoked.append(asked)


@pytest.fixture
def aws() -> Iterator[Aws]:
    with mock_aws():
        yield Aws()


@pytest.fixture
def proxy() -> Proxy:
    return Proxy()


@pytest.fixture
def panel(aws: Any, proxy: Any, idp: IdentityProvider, account: ServiceAccount) -> Panel:
    secret = aws.client("secretsmanager").create_secret(
        Name="a/secret", SecretString=account.as_downloaded()
    )
    rotator = Rotator(
        name="demo",
        function_name="rotator",
        parameter_name=PARAMETER,
        secret_arn=secret["ARN"],
        log_group="/group",
    )
    return panel_of(rotator, aws=aws, proxy=proxy, idp=idp, account=account)


def test_rotate_now_does_not_wait_for_the_function(aws: Aws, panel: Panel) -> None:
    panel.press(ButtonName.ROTATE)

    assert aws.invoked == [{"FunctionName": "rotator", "InvocationType": "Event", "Payload": b"{}"}]


def test_the_parameter_is_deleted_and_may_be_gone_already(aws: Aws, panel: Panel) -> None:
    ssm = aws.client("ssm")
    ssm.put_parameter(Name=PARAMETER, Value="{}", Type="String")

    panel.press(ButtonName.DELETE_PARAMETER)
    panel.press(ButtonName.DELETE_PARAMETER)

    assert ssm.describe_parameters()["Parameters"] == []


def test_repair_everything_turns_every_switch_to_where_its_part_works(
    aws: Aws, panel: Panel, proxy: Proxy, idp: IdentityProvider, account: ServiceAccount
) -> None:
    for switch in panel.switches:
        panel.turn(switch.name, switch.positions[-1].name)
    assert proxy.faults

    panel.press(ButtonName.REPAIR)

    assert [one.now for one in panel.switches] == [one.positions[0].name for one in panel.switches]
    assert not proxy.faults
    assert not idp.recover()
    secret = aws.client("secretsmanager").get_secret_value(SecretId="a/secret")
    assert json.loads(secret["SecretString"]) == json.loads(account.as_downloaded())
