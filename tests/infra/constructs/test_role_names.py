"""Roles and policies: where they are, what they are called, and that no two have one name."""

import json
import re
from typing import Any

import pytest
from aws_cdk import App, CfnParameter, Environment, Stack
from aws_cdk import aws_sns as sns

from tests.infra.constructs.test_token_rotator import a_rotator as a_construct
from tests.support.infra_templates import (
    Resource,
    a_deployment,
    a_rotator,
    a_stack,
    rendered,
    resources,
    template,
    template_of,
)
from token_rotator_cdk.config.rules.iam import (
    MAX_PREFIX_LENGTH,
    MAX_ROLE_NAME_LENGTH,
    RoleKind,
    has_role_name_form,
    role_name,
)

NAMES = {"AWS::IAM::Role": "RoleName", "AWS::IAM::ManagedPolicy": "ManagedPolicyName"}
EVERYTHING: dict[str, Any] = {
    "secret_access_alerts": True,
    "reader_layer": True,
    "log_key": True,
    "alarm_emails": ("ops@example.com",),
}


def with_everything(**settings: Any) -> Resource:
    """Two rotators with every option that has a role."""
    stack = a_stack(**EVERYTHING, **settings)
    shared = ("444455556666",)
    return template(
        stack,
        a_rotator(share_with=shared),
        sales=a_rotator(parameter_name="/sales/token", share_with=shared),
    )


def roles_and_policies(document: Resource) -> dict[str, Resource]:
    return {name: one for kind in NAMES for name, one in resources(document, kind).items()}


def names(document: Resource, *, region: str = "eu-west-1") -> list[str]:
    """What the roles and policies are called, by what they are in the template."""
    found = []
    for kind, key in NAMES.items():
        for one in resources(document, kind).values():
            name = one[key]
            text = name if isinstance(name, str) else "".join(map(str, name["Fn::Join"][1]))
            found.append(text.replace("{'Ref': 'AWS::Region'}", region))
    return found


def test_every_role_and_policy_is_in_the_path():
    document = with_everything(role_path="/teams/data/")

    found = roles_and_policies(document)
    assert len(found) == 11, "execution, schedules, others, consumers, operators, twice; the emails"
    assert {one["Path"] for one in found.values()} == {"/teams/data/"}


def test_no_policy_stands_outside_of_a_role_or_a_managed_policy():
    assert resources(with_everything(role_path="/teams/data/"), "AWS::IAM::Policy") == {}


def test_every_name_begins_with_the_prefix_fits_and_is_the_only_one():
    found = names(with_everything(role_name_prefix="acme-prod-"))

    assert len({*found}) == len(found) == 11
    assert all(one.startswith("acme-prod-") for one in found)
    assert all(re.fullmatch(r"[\w+=,.@-]{1,64}", one) for one in found)
    assert all(map(has_role_name_form, found))


def test_names_and_paths_are_cloudformations_unless_they_are_chosen():
    for one in roles_and_policies(with_everything()).values():
        assert not {*NAMES.values()} & one.keys()
        # IAM's own default is what a template without a path has
        assert one.get("Path", "/") == "/"


def test_the_names_are_the_same_at_every_synthesis():
    assert names(with_everything(role_name_prefix="a-")) == names(
        with_everything(role_name_prefix="a-")
    )


@pytest.mark.parametrize(
    "other",
    [
        {"role_path": "/elsewhere/"},
        {"name": "other-stack"},
        {"region": "eu-west-2"},
        {"role_name_prefix": "b-"},
    ],
)
def test_what_makes_another_role_of_it_makes_another_name(other: dict[str, Any]):
    """A new path replaces a role; stacks, and regions, share the names of an account."""
    before = with_everything(role_name_prefix="a-", region="eu-west-1")
    after = with_everything(**{"role_name_prefix": "a-", "region": "eu-west-1", **other})

    assert not {*names(before)} & {*names(after)}


def test_a_region_that_is_known_at_deployment_only_is_a_part_of_every_name():
    for kind, key in NAMES.items():
        for one in resources(with_everything(role_name_prefix="a-"), kind).values():
            assert {"Ref": "AWS::Region"} in one[key]["Fn::Join"][1]


@pytest.mark.parametrize("kind", RoleKind)
@pytest.mark.parametrize("rotator", ["a/b", "r" * 200, "Tokens/Team EU/x_y", "-" * 40])
@pytest.mark.parametrize("prefix", ["a", "x" * MAX_PREFIX_LENGTH, "ends-with-"])
def test_any_name_fits_and_says_what_it_is_for(kind: RoleKind, rotator: str, prefix: str):
    name = role_name(prefix, kind, of=rotator, path="/", region="ap-northeast-99")

    assert len(name) <= MAX_ROLE_NAME_LENGTH
    assert re.fullmatch(r"[\w+=,.@-]+", name)
    assert name.startswith(f"{prefix}{kind}")


def test_rotators_whose_names_begin_alike_have_names_of_their_own():
    longs = ["tokens/" + "a" * 60 + end for end in ("x", "y")]

    made = {role_name("p-", RoleKind.ROTATE, of=one, path="/", region="r-a-1") for one in longs}
    assert len(made) == 2


def test_an_app_names_the_roles_of_one_rotator_and_shares_the_mailers():
    stack = Stack(App(), "Tokens", env=Environment(region="eu-west-1", account="111122223333"))
    topic = sns.Topic(stack, "Alarms")
    for one in ("A", "B"):
        a_construct(
            stack,
            one,
            parameter_name=f"/{one}",
            alarm_topic=topic,
            secret_access_alerts=True,
            role_path="/apps/",
            role_name_prefix="apps-",
        )

    document = rendered(stack)
    assert {one["Path"] for one in roles_and_policies(document).values()} == {"/apps/"}
    found = names(document)
    assert len({*found}) == len(found) == 9
    assert all(one.startswith("apps-") for one in found)


def test_a_rotator_name_that_is_known_at_deployment_only_still_has_names_of_its_own():
    stack = Stack(App(), "Tokens", env=Environment(region="eu-west-1", account="111122223333"))
    name = CfnParameter(stack, "Name").value_as_string
    for one in ("A", "B"):
        a_construct(
            stack, one, parameter_name=f"/{one}", rotator_name=name, role_name_prefix="apps-"
        )

    found = names(rendered(stack))
    assert len({*found}) == len(found) == 8


def test_the_alerts_leave_out_the_role_where_it_is():
    """CloudTrail's ``sessionIssuer.arn`` is the role's ARN, with its path, as ``GetAtt`` has it."""
    document = with_everything(role_path="/teams/data/", role_name_prefix="a-")

    execution = {
        name
        for name, one in resources(document, "AWS::IAM::Role").items()
        if "Execution" in one["Description"]
    }
    left_out = {
        json.dumps(at["sessionIssuer"]["arn"][1]["anything-but"])
        for rule in resources(document, "AWS::Events::Rule").values()
        if (at := rule["EventPattern"]["detail"].get("userIdentity", {}).get("sessionContext"))
    }
    assert left_out == {json.dumps([{"Fn::GetAtt": [name, "Arn"]}]) for name in execution}


def test_other_accounts_are_told_the_arn_with_path_and_name():
    document = with_everything(role_path="/teams/data/", role_name_prefix="a-")

    told = document["Outputs"]["MarketingSharedReaderRoleArn"]["Value"]
    (role,) = (name for name in roles_and_policies(document) if name in str(told))
    assert told == {"Fn::GetAtt": [role, "Arn"]}


def test_a_new_path_or_prefix_keeps_the_old_policies_where_they_are_attached():
    document = template_of(a_deployment(a_stack(role_path="/a/", role_name_prefix="a-")))

    policies = [
        one for one in document["Resources"].values() if one["Type"] == "AWS::IAM::ManagedPolicy"
    ]
    assert [one["UpdateReplacePolicy"] for one in policies] == ["Retain", "Retain"]
