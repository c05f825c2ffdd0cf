"""A function in a VPC: what it is attached to, and what its role allows for that."""

import json
from pathlib import Path
from typing import Any, Final

import pytest
from aws_cdk import App, CfnParameter, Environment, Fn, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk.assertions import Template

from tests.infra.constructs.test_token_rotator import a_rotator, a_stack
from tests.infra.constructs.test_wrong_arguments import said
from tests.support import infra_templates as of_files
from tests.support.infra_templates import Resource, only, rendered, resources, role_for
from token_rotator_cdk import IdentityProvider
from token_rotator_cdk.actions import Actions

SUBNETS: Final = ("subnet-0123456789abcdef0", "subnet-0123456789abcdef1")
GROUPS: Final = ("sg-0123456789abcdef0",)
FILE: Final = {"subnet_ids": SUBNETS, "security_group_ids": GROUPS}


def in_a_vpc(**vpc: Any) -> Resource:
    return of_files.template(None, of_files.a_rotator(vpc={**FILE, **vpc}))


def imported(stack: Stack, *, public: bool = False) -> ec2.IVpc:
    kind = "public" if public else "private"
    more: dict[str, Any] = {f"{kind}_subnet_ids": [*SUBNETS]}
    zones = ["eu-west-1a", "eu-west-1b"]
    return ec2.Vpc.from_vpc_attributes(
        stack, "Vpc", vpc_id="vpc-0123456789abcdef0", availability_zones=zones, **more
    )


def vpc_config(document: Resource) -> dict[str, Any]:
    found: dict[str, Any] = only(document, "AWS::Lambda::Function").get("VpcConfig", {})
    return found


def statements(document: Resource) -> list[dict[str, Any]]:
    (policy,) = role_for(document, "lambda")["Policies"]
    return [one for one in policy["PolicyDocument"]["Statement"] if "ec2:" in str(one["Action"])]


def text(arn: Any) -> str:
    """An ARN of a template, with its pseudo parameters by their names."""
    if isinstance(arn, str):
        return arn
    return "".join(one if isinstance(one, str) else one["Ref"] for one in arn["Fn::Join"][1])


def test_without_a_vpc_nothing_of_it_is_in_the_template():
    document = of_files.template()

    assert vpc_config(document) == {}
    assert statements(document) == []


def test_the_ids_of_the_file_are_what_the_template_shows_and_nothing_is_looked_up():
    deployment = of_files.a_deployment(None, of_files.a_rotator(vpc=FILE))
    stack = of_files.synthesized(deployment)

    assert vpc_config(rendered(stack)) == {
        "Ipv6AllowedForDualStack": False,
        "SecurityGroupIds": [*GROUPS],
        "SubnetIds": [*SUBNETS],
    }
    app = App.of(stack)
    assert isinstance(app, App)
    manifest = json.loads(Path(app.synth().directory, "manifest.json").read_text())
    assert "missing" not in manifest, "something has to be looked up in an account"
    kinds = {one["Type"] for one in rendered(stack)["Resources"].values()}
    assert not any(kind.startswith("AWS::EC2::") for kind in kinds)


def test_two_rotators_of_a_file_may_be_in_the_same_subnets():
    other = of_files.a_rotator(parameter_name="/sales/token", vpc=FILE)

    document = of_files.template(None, of_files.a_rotator(vpc=FILE), sales=other)

    found = resources(document, "AWS::Lambda::Function").values()
    assert [one["VpcConfig"]["SubnetIds"] for one in found] == [[*SUBNETS], [*SUBNETS]]


def test_ipv6_is_asked_for_where_it_is_set():
    assert vpc_config(in_a_vpc(allow_ipv6_for_dual_stack=True))["Ipv6AllowedForDualStack"] is True


def test_the_role_allows_what_lambda_documents_and_to_create_in_the_named_subnets_only():
    create, manage, _ = statements(in_a_vpc())

    assert create["Action"] == "ec2:CreateNetworkInterface"
    assert sorted(map(text, create["Resource"])) == [
        "arn:AWS::Partition:ec2:AWS::Region:*:security-group/sg-0123456789abcdef0",
        "arn:AWS::Partition:ec2:AWS::Region:*:subnet/subnet-0123456789abcdef0",
        "arn:AWS::Partition:ec2:AWS::Region:*:subnet/subnet-0123456789abcdef1",
        "arn:AWS::Partition:ec2:AWS::Region:AWS::AccountId:network-interface/*",
    ]
    assert (create["Effect"], manage["Effect"], manage["Resource"]) == ("Allow", "Allow", "*")
    # https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
    assert {create["Action"], *manage["Action"]} == {
        "ec2:CreateNetworkInterface",
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeSubnets",
        "ec2:DeleteNetworkInterface",
        "ec2:AssignPrivateIpAddresses",
        "ec2:UnassignPrivateIpAddresses",
    }


def test_the_functions_code_is_denied_all_of_it():
    *_, deny = statements(in_a_vpc())

    assert deny["Effect"] == "Deny"
    assert deny["Resource"] == "*"
    assert {*deny["Action"]} == {*Actions.CREATE_INTERFACE, *Actions.MANAGE_INTERFACES}
    # only requests of the code have a source function
    assert deny["Condition"] == {"Null": {"lambda:SourceFunctionArn": "false"}}


def test_the_permissions_are_there_before_the_function_is():
    document = in_a_vpc()

    (function,) = (
        one for one in document["Resources"].values() if one["Type"] == "AWS::Lambda::Function"
    )
    (role,) = (
        name
        for name, one in resources(document, "AWS::IAM::Role").items()
        if one == role_for(document, "lambda")
    )
    assert role in function["DependsOn"]
    assert "ManagedPolicyArns" not in role_for(document, "lambda")
    assert resources(document, "AWS::IAM::Policy") == resources(
        of_files.template(), "AWS::IAM::Policy"
    )


def test_the_construct_takes_the_cdks_own_vpc_subnets_and_groups():
    stack = a_stack()
    vpc = ec2.Vpc(stack, "Network", max_azs=2)
    group = ec2.SecurityGroup(stack, "Group", vpc=vpc)

    a_rotator(stack, vpc=vpc, security_groups=[group])

    document = rendered(stack)
    found = vpc_config(document)
    private = [name for name in resources(document, "AWS::EC2::Subnet") if "PrivateSubnet" in name]
    assert [one["Ref"] for one in found["SubnetIds"]] == private
    assert len(private) == 2
    assert len(found["SecurityGroupIds"]) == 1
    assert len(resources(document, "AWS::EC2::SecurityGroup")) == 1


@pytest.mark.parametrize("ipv6", [False, True])
def test_without_a_group_one_is_made_that_lets_https_out_and_nothing_else(*, ipv6: bool):
    stack = a_stack()

    rotator = a_rotator(stack, vpc=imported(stack), allow_ipv6_for_dual_stack=ipv6)

    document = rendered(stack)
    group = only(document, "AWS::EC2::SecurityGroup")
    out = {one.get("CidrIp") or one["CidrIpv6"] for one in group["SecurityGroupEgress"]}
    assert out == ({"0.0.0.0/0", "::/0"} if ipv6 else {"0.0.0.0/0"})
    for rule in group["SecurityGroupEgress"]:
        assert (rule["IpProtocol"], rule["FromPort"], rule["ToPort"]) == ("tcp", 443, 443)
    assert "SecurityGroupIngress" not in group
    assert rotator.function.connections.security_groups


def test_subnets_that_are_known_at_deployment_only_are_taken_as_they_are():
    stack = a_stack()
    given = CfnParameter(stack, "Subnet").value_as_string
    subnet = ec2.Subnet.from_subnet_id(stack, "Given", given)
    group = ec2.SecurityGroup.from_security_group_id(stack, "Group", Fn.import_value("group"))

    a_rotator(
        stack,
        vpc=imported(stack),
        vpc_subnets=ec2.SubnetSelection(subnets=[subnet]),
        security_groups=[group],
    )

    document = rendered(stack)
    assert vpc_config(document)["SubnetIds"] == [{"Ref": "Subnet"}]
    create, *_ = statements(document)
    assert sum("Subnet" in str(one) for one in create["Resource"]) == 1


def test_a_vpc_that_is_looked_up_later_is_taken():
    stack = a_stack(env=Environment(account="111122223333", region="eu-west-1"))

    a_rotator(stack, vpc=ec2.Vpc.from_lookup(stack, "Vpc", vpc_id="vpc-0123456789abcdef0"))

    assert len(vpc_config(dict(Template.from_stack(stack).to_json()))["SubnetIds"]) == 2


@pytest.mark.parametrize(
    ("argument", "value"),
    [
        ("vpc_subnets", ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_ISOLATED)),
        ("allow_ipv6_for_dual_stack", True),
    ],
)
def test_an_argument_without_a_vpc_is_named(argument: str, value: object):
    assert f"Tokens/Marketing: {argument}: leave it out, or pass vpc too" in said(
        **{argument: value}
    )


def test_security_groups_without_a_vpc_are_named():
    stack = a_stack()
    group = ec2.SecurityGroup.from_security_group_id(stack, "Group", GROUPS[0])

    assert "security_groups: leave it out, or pass vpc too" in said(stack, security_groups=[group])


@pytest.mark.parametrize("by_type", [False, True])
def test_public_subnets_are_refused(*, by_type: bool):
    stack = a_stack()
    vpc = imported(stack, public=True)
    selection = (
        ec2.SubnetSelection(subnet_type=ec2.SubnetType.PUBLIC)
        if by_type
        else ec2.SubnetSelection(subnets=vpc.public_subnets)
    )

    assert "vpc_subnets: select private subnets" in said(stack, vpc=vpc, vpc_subnets=selection)


def test_a_selection_that_selects_nothing_is_named_and_is_no_traceback():
    stack = a_stack()
    selection = ec2.SubnetSelection(subnet_group_name="nowhere")

    shown = said(stack, vpc=imported(stack), vpc_subnets=selection)

    assert "vpc_subnets: select subnets of the vpc. There are no subnet groups" in shown


def test_rules_of_the_file_hold_for_the_construct():
    stack = a_stack()
    groups = [
        ec2.SecurityGroup.from_security_group_id(stack, f"Group{number}", f"sg-{number:08x}")
        for number in range(6)
    ]

    shown = said(stack, vpc=imported(stack), security_groups=groups)

    assert "security_groups = " in shown
    assert "write at most 5, Lambda's limit" in shown


def test_an_id_of_another_kind_is_named():
    stack = a_stack()
    groups = [ec2.SecurityGroup.from_security_group_id(stack, "Group", SUBNETS[0])]

    shown = said(stack, vpc=imported(stack), security_groups=groups)

    assert "write the id of a security group, such as sg-" in shown


def test_private_addresses_need_a_vpc():
    provider = IdentityProvider(allow_private_addresses=True)

    shown = said(identity_provider=provider)

    assert "identity_provider.allow_private_addresses = true: leave it out, or set vpc too" in shown
    stack = Stack(App(), "Tokens")
    a_rotator(stack, identity_provider=provider, vpc=imported(stack))
    variables = only(rendered(stack), "AWS::Lambda::Function")["Environment"]["Variables"]
    assert variables["ALLOW_PRIVATE_ADDRESSES"] == "true"
