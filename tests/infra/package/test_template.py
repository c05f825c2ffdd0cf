"""A packaged template is the CDK's, except that what the file leaves open is a parameter."""

import re
from typing import Any

import pytest

from tests.audit.deployments import VPC
from tests.audit.iam.account import Account, deployed
from tests.audit.iam.call import ALLOWED, REFUSED, Call, decisions
from tests.audit.iam.intrinsics import Place
from tests.audit.iam.needed import attachment
from tests.audit.iam.rotators import Rotator, rotators
from tests.support.cfn_lint import Linted, findings
from tests.support.infra_templates import (
    Resource,
    a_deployment,
    a_rotator,
    a_stack,
    only,
    policy_id,
    resources,
    template_of,
)
from tests.support.packaged import deployed_as, packaged
from token_rotator_cdk.config.parameters import PARAMETERS, open_parameters

KEY = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
TOPIC = "arn:aws:sns:eu-west-1:111122223333:alarms"
BOUNDARY = "arn:aws:iam::111122223333:policy/boundary"
SUBNETS, GROUPS = VPC["subnet_ids"], VPC["security_group_ids"]
GIVEN = {
    "ExistingKeyArn": KEY,
    "ExistingAlarmTopicArn": TOPIC,
    "PermissionsBoundaryArn": BOUNDARY,
}
BUSY = {"log_key": True, "role_name_prefix": "acme-", "tags": {"team": "data"}}
FIXED = a_deployment(
    a_stack(key_arn=KEY, alarm_topic_arn=TOPIC, permissions_boundary=BOUNDARY),
    a_rotator(vpc=VPC),
)


@pytest.fixture(scope="module")
def document() -> Resource:
    """Of a file that leaves everything open."""
    return packaged(a_deployment())


@pytest.fixture(scope="module")
def attached(document: Resource) -> "Attached":
    return Attached(document)


def same(left: Resource, right: Resource) -> None:
    assert left["Resources"] == right["Resources"]
    assert left["Outputs"] == right["Outputs"]


@pytest.mark.parametrize("settings", [{}, BUSY])
def test_where_nothing_is_given_it_deploys_what_the_cdk_deploys(settings: dict[str, Any]):
    deployment = a_deployment(a_stack(**settings), a_rotator(share_with=("444455556666",)))

    same(deployed_as(packaged(deployment)), deployed_as(template_of(deployment)))


def test_what_is_given_deploys_what_the_settings_would_deploy(document: Resource):
    fixed = a_stack(key_arn=KEY, alarm_topic_arn=TOPIC, permissions_boundary=BOUNDARY)

    same(deployed_as(document, **GIVEN), deployed_as(template_of(a_deployment(fixed))))


def test_an_address_is_told_by_the_topic_of_the_stack(document: Resource):
    told = deployed_as(document, AlarmEmail="ops@example.com")

    mail = only(told, "AWS::SNS::Subscription")
    assert (mail["Protocol"], mail["Endpoint"]) == ("email", "ops@example.com")
    (topic,) = resources(told, "AWS::SNS::Topic")
    assert mail["TopicArn"] == {"Ref": topic}


def test_with_a_topic_that_is_given_no_address_is_told(document: Resource):
    both = {"ExistingAlarmTopicArn": TOPIC, "AlarmEmail": "ops@example.com"}

    told = deployed_as(document, **both)

    assert not resources(told, "AWS::SNS::Subscription")
    assert not resources(told, "AWS::SNS::TopicPolicy")


def test_alerts_about_the_secret_go_to_the_topic_that_the_alarms_go_to():
    document = packaged(a_deployment(a_stack(secret_access_alerts=True)))

    for given, topic in (({}, {"Ref": "AlarmTopicD01E77F9"}), (GIVEN, TOPIC)):
        rules = resources(deployed_as(document, **given), "AWS::Events::Rule").values()
        assert topic in [target["Arn"] for rule in rules for target in rule["Targets"]]


def test_logs_may_use_the_key_whatever_the_stack_is_called():
    document = deployed_as(packaged(a_deployment(a_stack(log_key=True))), stack="StackSet-1")

    assert ":log-group:StackSet-1-*" in str(only(document, "AWS::KMS::Key")["KeyPolicy"])


def test_an_operator_may_see_the_stack_whatever_it_is_called(document: Resource):
    told = deployed_as(document, stack="StackSet-1")

    policies = resources(told, "AWS::IAM::ManagedPolicy")
    assert ":stack/StackSet-1/*" in str(policies[policy_id(told, "OperatorPolicy")])


def test_what_the_file_fixes_is_no_parameter():
    assert {*packaged(FIXED)["Parameters"]} == {"AssetsBucketName"}
    assert [*open_parameters(FIXED)] == []
    assert [*open_parameters(a_deployment())] == [*PARAMETERS]


def test_every_parameter_may_be_empty_and_takes_what_the_setting_takes(document: Resource):
    parameters = document["Parameters"]
    values = {**GIVEN, "AlarmEmail": "ops@example.com"}
    values |= {"SubnetIds": SUBNETS[0], "SecurityGroupIds": GROUPS[0]}

    for one in PARAMETERS:
        pattern = parameters[one.name]["AllowedPattern"]
        assert parameters[one.name]["Default"] == ""
        assert re.fullmatch(pattern, "")
        assert re.fullmatch(pattern, values[one.name])
        assert not re.fullmatch(pattern, f"{values[one.name]} ")


def test_nothing_of_the_cdk_or_of_a_bootstrap_is_in_it(document: Resource):
    text = str(document).lower()

    assert "cdk" not in text
    assert "bootstrap" not in text


def test_it_is_lint_clean_in_every_partition():
    busy = packaged(a_deployment(a_stack(secret_access_alerts=True, **BUSY)))
    templates = {
        "everything fixed": Linted(packaged(FIXED), "us-east-1"),
        **{one: Linted(busy, one) for one in ("us-gov-west-1", "cn-north-1", "eusc-de-east-1")},
    }

    # the stub in place of the zip file leaves its bucket unused
    found = [one for one in findings(templates) if one.resource != "Parameters.AssetsBucketName"]

    # tests/audit/acknowledged.toml says why these stay
    assert {f"{one.rule} {one.resource.partition('.')[0]}" for one in found} == {
        "W3005 AWS::Lambda::Function",
        "W3005 AWS::Scheduler::Schedule",
    }


class Attached:
    """A function in the subnets and groups of the parameters."""

    def __init__(self, document: Resource) -> None:
        template = deployed_as(
            document,
            SubnetIds=",".join(SUBNETS),
            SecurityGroupIds=",".join(GROUPS),
        )
        self.vpc = only(template, "AWS::Lambda::Function")["VpcConfig"]
        self.account: Account = deployed(template, Place())
        self.rotator: Rotator
        (self.rotator,) = rotators(template, Place(), secret_keys={})

    def decisions(self, calls: list[Call]) -> list[str]:
        return [*decisions((self.account, call) for call in calls)]


def with_id(call: Call) -> Call:
    """The call with the condition key that EC2 gives it."""
    kind, _, name = call.resource.rpartition(":")[2].partition("/")
    keys = {"subnet": "ec2:SubnetID", "security-group": "ec2:SecurityGroupID"}
    context = {**call.context, **({keys[kind]: name} if kind in keys else {})}
    return Call(
        principal=call.principal, action=call.action, resource=call.resource, context=context
    )


def test_subnets_and_groups_that_are_given_are_what_lambda_may_attach_the_function_to(
    attached: Attached,
):
    calls = [with_id(call) for call in attachment(attached.rotator)]

    assert attached.vpc == {"SubnetIds": [*SUBNETS], "SecurityGroupIds": [*GROUPS]}
    assert {*attached.decisions(calls)} == {ALLOWED}


def test_others_are_refused_and_the_code_of_the_function_attaches_nothing(attached: Attached):
    role, place = attached.rotator.role, attached.rotator.place
    others = [
        with_id(Call(principal=role, action="ec2:CreateNetworkInterface", resource=place.arn(one)))
        for one in (
            "ec2:subnet/subnet-0fedcba9876543210",
            "ec2:security-group/sg-0fedcba9876543210",
        )
    ]
    by_code = {"lambda:SourceFunctionArn": attached.rotator.function}
    own = [with_id(call) for call in attachment(attached.rotator, by_code)]

    assert {*attached.decisions([*others, *own])} <= REFUSED
