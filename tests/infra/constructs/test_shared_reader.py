"""Workloads of the accounts in share_with can assume a role that reads one parameter."""

import pytest

from tests.support.infra_templates import (
    Resource,
    a_rotator,
    a_stack,
    reader_policy,
    resources,
    template,
)
from token_rotator_cdk.config.document.check import check
from token_rotator_cdk.config.models.rotator import RotatorConfig

ACCOUNT = "111122223333"
ORGANIZATION = "arn:aws:organizations::444455556666:organization/o-a1b2c3d4e5"
UNIT = "arn:aws:organizations::444455556666:ou/o-a1b2c3d4e5/ou-ab12-11111111"


def shared_role(document: Resource) -> Resource:
    (role,) = (
        role
        for role in resources(document, "AWS::IAM::Role").values()
        if "for other accounts" in role["Description"]
    )
    return role


def trust(*share_with: str) -> list[Resource]:
    document = template(a_stack(), a_rotator(share_with=share_with))
    statements: list[Resource] = shared_role(document)["AssumeRolePolicyDocument"]["Statement"]
    assert {statement["Action"] for statement in statements} == {"sts:AssumeRole"}
    return statements


def test_the_role_may_do_what_the_reader_policy_says():
    document = template(a_stack(), a_rotator(share_with=(ACCOUNT,)))

    (policy,) = shared_role(document)["Policies"]
    assert policy["PolicyDocument"] == reader_policy(document)["PolicyDocument"]
    assert "MarketingSharedReaderRoleArn" in document["Outputs"]


def test_an_account_is_trusted_by_its_number():
    (statement,) = trust(ACCOUNT)

    principal = statement["Principal"]["AWS"]["Fn::Join"][1]
    assert [*principal[:1], *principal[2:]] == ["arn:", f":iam::{ACCOUNT}:root"]
    assert "Condition" not in statement


def test_an_organization_is_trusted_by_its_id():
    (statement,) = trust(ORGANIZATION)

    assert statement["Condition"] == {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}


def test_a_unit_is_trusted_with_the_units_in_it():
    (statement,) = trust(UNIT)

    assert statement["Condition"] == {
        "StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"},
        "ForAnyValue:StringLike": {
            "aws:PrincipalOrgPaths": "o-a1b2c3d4e5/r-ab12/*ou-ab12-11111111/*"
        },
    }


def test_each_of_several_is_trusted_and_nobody_else():
    conditions = [statement.get("Condition") for statement in trust(ACCOUNT, ORGANIZATION, UNIT)]

    assert len(conditions) == 3
    assert conditions.count(None) == 1


def test_nobody_is_trusted_unless_the_file_says_so():
    document = template()

    assert not [name for name in document["Outputs"] if "Shared" in name]
    assert len(resources(document, "AWS::IAM::Role")) == 2


def fixes(whom: str) -> list[str]:
    document = {"parameter_name": "/a", "share_with": [whom]}
    return [issue.fix for issue in check(RotatorConfig, document).issues]


@pytest.mark.parametrize("whom", [ACCOUNT, ORGANIZATION, UNIT])
def test_accounts_units_and_organizations_can_be_named(whom: str):
    assert fixes(whom) == []


@pytest.mark.parametrize(
    "whom",
    ["*", "11112222333", "o-a1b2c3d4e5", "arn:aws:iam::111122223333:root", f"{UNIT}/*", ""],
)
def test_nothing_else_can_be_named(whom: str):
    (fix,) = fixes(whom)

    assert fix.startswith("write 12 digits")
