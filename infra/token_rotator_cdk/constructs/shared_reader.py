"""The role by which workloads of other accounts read the token.

Not a share of AWS RAM: it holds a parameter that exists, and this one expires and is created anew
(docs/decisions/0012-other-accounts.md).
"""

from collections.abc import Sequence

from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from token_rotator_cdk.config.rules.arns import ORGANIZATION_ARN, UNIT_ARN
from token_rotator_cdk.config.rules.aws import is_account
from token_rotator_cdk.config.rules.iam import RoleKind
from token_rotator_cdk.constructs import permissions
from token_rotator_cdk.constructs.naming import RoleNames


class SharedReader(iam.Role):
    """May read one parameter; workloads of the named accounts may assume it, if theirs let them."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        share_with: Sequence[str],
        parameter_arn: str,
        key: kms.IKey,
        names: RoleNames,
    ) -> None:
        super().__init__(
            scope,
            construct_id,
            path=names.path,
            role_name=names.name(scope, RoleKind.SHARE),
            description="Reads an access token for other accounts",
            assumed_by=iam.CompositePrincipal(*map(_trusted, share_with)),
            inline_policies={
                "Read": iam.PolicyDocument(
                    statements=permissions.read_parameter(parameter_arn, key)
                )
            },
        )


def _trusted(whom: str) -> iam.IPrincipal:
    if is_account(whom):
        return iam.AccountPrincipal(whom)
    if organization := ORGANIZATION_ARN.fullmatch(whom):
        return iam.OrganizationPrincipal(organization["organization"])
    unit = UNIT_ARN.fullmatch(whom)
    assert unit is not None  # noqa: S101 - the configuration's rule has seen it
    # organization, root, units down to the account's own, each with a slash behind it
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalorgpaths
    path = f"{unit['organization']}/r-{unit['root']}/*{unit['unit']}/*"
    return iam.AnyPrincipal().with_conditions(
        {
            "StringEquals": {"aws:PrincipalOrgID": unit["organization"]},
            "ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": path},
        }
    )
