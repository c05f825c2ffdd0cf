"""A deployment into a hardened account: VPC, key and topic of others, role path and prefix.

The local AWS checks roles and names as IAM does. It ignores VpcConfig (the function runs outside
of the VPC) and the key's policy.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import pytest

from local.aws.deployment import Deployment, Rotator, deployed_rotators
from local.aws.emulator import LocalAws
from local.idp.identity_provider import IdentityProvider
from local.observation.consumer import Consumer
from tests.support.system import System, eventually

STACK: Final = "hardened"
CONFIG: Final = """\
[stack]
name = "{stack}"
key_arn = "{key}"
alarm_topic_arn = "{topic}"
role_path = "/teams/data/"
role_name_prefix = "acme-"
log_key = true

[rotators.marketing]
parameter_name = "/hardened/access-token"
log_group_name = "/acme/hardened/marketing"

[rotators.marketing.vpc]
subnet_ids = {subnets}
security_group_ids = ["{group}"]
"""


@dataclass(frozen=True, kw_only=True)
class Hardened:
    """What exists before the deployment, and what it has made."""

    aws: LocalAws
    key: str
    topic: str
    subnets: list[str]
    group: str
    rotator: Rotator

    def configuration(self) -> dict[str, Any]:
        """The function's, as Lambda tells it."""
        answer = self.aws.client("lambda").get_function_configuration(
            FunctionName=self.rotator.function_name
        )
        return dict(answer)

    def resources(self, kind: str) -> list[str]:
        """The physical names of the stack's resources of a type."""
        answer = self.aws.client("cloudformation").list_stack_resources(StackName=STACK)
        return [
            one["PhysicalResourceId"]
            for one in answer["StackResourceSummaries"]
            if one["ResourceType"] == kind
        ]


@pytest.fixture(scope="module")
def hardened(
    deployed: System, idp: IdentityProvider, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Hardened]:
    aws, directory = deployed.aws, tmp_path_factory.mktemp("hardened")
    network = aws.client("ec2")
    vpc = network.create_vpc(CidrBlock="10.7.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        network.create_subnet(VpcId=vpc, CidrBlock=f"10.7.{number}.0/24")["Subnet"]["SubnetId"]
        for number in (1, 2)
    ]
    group = network.create_security_group(VpcId=vpc, GroupName="egress", Description="HTTPS out")
    key = aws.client("kms").create_key()["KeyMetadata"]["Arn"]
    topic = aws.client("sns").create_topic(Name="central-alarms")["TopicArn"]
    config = directory / "rotators.toml"
    config.write_text(
        CONFIG.format(
            stack=STACK,
            key=key,
            topic=topic,
            subnets=json.dumps(subnets),
            group=group["GroupId"],
        )
    )
    deployment = Deployment(aws, config=config, directory=directory)
    deployment.synthesize()
    outputs = deployment.deploy()
    (rotator,) = deployed_rotators(aws, config=config, outputs=outputs)
    aws.client("secretsmanager").put_secret_value(
        SecretId=rotator.secret_arn, SecretString=idp.new_service_account().as_downloaded()
    )
    yield Hardened(
        aws=aws, key=key, topic=topic, subnets=subnets, group=group["GroupId"], rotator=rotator
    )
    deployment.destroy()


def test_a_consumer_uses_the_token(hardened: Hardened, idp: IdentityProvider) -> None:
    consumer = Consumer(
        hardened.aws.client("ssm"),
        parameter_name=hardened.rotator.parameter_name,
        resource=idp.api("reports"),
    )

    eventually(lambda: consumer.use().worked or None, what="the first token")


def test_cloudformation_was_told_the_vpc(hardened: Hardened) -> None:
    """What the local AWS makes of it: nothing."""
    body = hardened.aws.client("cloudformation").get_template(StackName=STACK)["TemplateBody"]
    template = json.loads(body) if isinstance(body, str) else body
    (function,) = (
        one["Properties"]
        for one in template["Resources"].values()
        if one["Type"] == "AWS::Lambda::Function"
    )

    assert sorted(function["VpcConfig"]["SubnetIds"]) == sorted(hardened.subnets)
    assert function["VpcConfig"]["SecurityGroupIds"] == [hardened.group]


def test_the_named_key_encrypts_everything_and_no_other_is_made(hardened: Hardened) -> None:
    aws = hardened.aws
    secret = aws.client("secretsmanager").describe_secret(SecretId=hardened.rotator.secret_arn)
    variables = hardened.configuration()["Environment"]["Variables"]

    assert hardened.resources("AWS::KMS::Key") == []
    assert secret["KmsKeyId"] == hardened.key
    assert variables["PARAMETER_KEY_ARN"] == hardened.key


def test_alarms_tell_the_named_topic(hardened: Hardened) -> None:
    alarms = hardened.aws.client("cloudwatch").describe_alarms(AlarmNamePrefix=f"{STACK}/")

    assert hardened.resources("AWS::SNS::Topic") == []
    assert len(alarms["MetricAlarms"]) >= 4
    assert {arn for one in alarms["MetricAlarms"] for arn in one["AlarmActions"]} == {
        hardened.topic
    }


def test_roles_have_the_path_and_the_prefix(hardened: Hardened) -> None:
    iam = hardened.aws.client("iam")
    roles = [iam.get_role(RoleName=name)["Role"] for name in hardened.resources("AWS::IAM::Role")]

    assert len(roles) >= 2
    assert {one["Path"] for one in roles} == {"/teams/data/"}
    assert all(one["RoleName"].startswith("acme-") for one in roles)


def test_the_function_logs_to_the_group_of_that_name(hardened: Hardened) -> None:
    assert hardened.rotator.log_group == "/acme/hardened/marketing"
    logs = hardened.aws.client("logs")

    eventually(
        lambda: logs.filter_log_events(logGroupName=hardened.rotator.log_group)["events"] or None,
        what="a log line",
    )
