"""Read access to a rotator's parameter, for this account and the accounts it is shared with."""

from collections.abc import Sequence

from aws_cdk import RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from token_rotator_cdk.actions import Actions
from token_rotator_cdk.config.rules.arns import ORGANIZATION_ARN, UNIT_ARN
from token_rotator_cdk.config.rules.aws import is_account
from token_rotator_cdk.config.rules.iam import RoleKind
from token_rotator_cdk.constructs import permissions
from token_rotator_cdk.constructs.naming import RoleNames


class Readers:
    """The reader policy for this account, and the role for other accounts."""

    def __init__(
        self,
        scope: Construct,
        *,
        parameter_arn: str,
        key: kms.IKey,
        share_with: Sequence[str],
        names: RoleNames,
    ) -> None:
        self._parameter_arn = parameter_arn
        self._key = key
        self.policy = iam.ManagedPolicy(
            scope,
            "ReaderPolicy",
            path=names.path,
            managed_policy_name=names.name(scope, RoleKind.READ),
            description="Reads an access token",
            statements=permissions.read_parameter(parameter_arn, key),
        )
        # retained: renaming the rotator must not detach the policy from consumers' roles
        self.policy.apply_removal_policy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE)
        self.shared = (
            SharedReader(
                scope,
                "SharedReaderRole",
                share_with=share_with,
                parameter_arn=parameter_arn,
                key=key,
                names=names,
            )
            if share_with
            else None
        )

    def grant(self, grantee: iam.IGrantable) -> iam.Grant:
        """Grants a workload in this account the policy's permissions."""
        may_get = iam.Grant.add_to_principal(
            grantee=grantee,
            actions=[*Actions.READ_PARAMETER],
            resource_arns=[self._parameter_arn],
        )
        may_decrypt = iam.Grant.add_to_principal(
            grantee=grantee,
            actions=[*Actions.DECRYPT_PARAMETER],
            resource_arns=[self._key.key_arn],
            conditions=permissions.parameter_context(self._parameter_arn),
        )
        return may_get.combine(may_decrypt)


class SharedReader(iam.Role):
    """A role that other accounts assume to read one parameter.

    AWS RAM is not an option: its share ends when the parameter expires and is created again
    (docs/understand/decisions/0012-other-accounts.md).
    """

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
            assumed_by=iam.CompositePrincipal(*map(_iam_principal, share_with)),
            inline_policies={
                "Read": iam.PolicyDocument(
                    statements=permissions.read_parameter(parameter_arn, key)
                )
            },
        )


def _iam_principal(principal: str) -> iam.IPrincipal:
    if is_account(principal):
        return iam.AccountPrincipal(principal)
    if organization := ORGANIZATION_ARN.fullmatch(principal):
        return iam.OrganizationPrincipal(organization["organization"])
    unit = UNIT_ARN.fullmatch(principal)
    assert unit is not None  # noqa: S101 - the configuration's rule has seen it
    # organization, root, and units down to the account's, each followed by a slash
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalorgpaths
    path = f"{unit['organization']}/r-{unit['root']}/*{unit['unit']}/*"
    return iam.AnyPrincipal().with_conditions(
        {
            "StringEquals": {"aws:PrincipalOrgID": unit["organization"]},
            "ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": path},
        }
    )
