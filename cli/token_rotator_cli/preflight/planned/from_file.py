"""The stacks of a ``rotators.toml``."""

from collections.abc import Iterator, Mapping
from typing import Final

from token_rotator_cdk.config.models.deployment import Deployment
from token_rotator_cdk.config.models.stack import StackConfig
from token_rotator_cdk.config.models.vpc import VpcConfig
from token_rotator_cdk.config.rules.iam import RoleKind, role_name
from token_rotator_cli.deployment.network import Network
from token_rotator_cli.preflight.bootstrap import bootstrap_of_file
from token_rotator_cli.preflight.planned.stacks import PlannedRotator, PlannedStack
from token_rotator_cli.preflight.references import references_in_file

MIN_RESOURCES_PER_ROTATOR: Final[Mapping[str, int]] = {
    "AWS::CloudWatch::Alarm": 4,
    "AWS::Events::Rule": 1,
    "AWS::IAM::ManagedPolicy": 2,
    "AWS::IAM::Role": 2,
    "AWS::Lambda::Function": 1,
}
"""The minimum resources of each rotator, for the comparison with quotas.

Settings can add more, which are not counted, because the file is not synthesized. So a deployment
that fits is never rejected.
"""


def stacks_of_file(deployment: Deployment) -> Iterator[PlannedStack]:
    """The stacks of a ``rotators.toml``."""
    for one in deployment.by_stack():
        yield PlannedStack(
            name=one.stack.name,
            account=one.stack.account,
            region=one.stack.region,
            rotators=tuple(
                PlannedRotator(
                    stack=one.stack.name,
                    rotator=one.rotator_name(name),
                    parameter_name=rotator.parameter_name,
                    creates_secret=rotator.secret is None,
                    value_format=rotator.value_format,
                    secret_arn=None if rotator.secret is None else rotator.secret.arn,
                    secret_key_arn=None if rotator.secret is None else rotator.secret.key_arn or "",
                    reserves_concurrency=rotator.reserve_concurrency,
                    has_shared_reader=bool(rotator.share_with),
                    network=_network(rotator.vpc),
                    key_arn=one.stack.key_arn,
                    role_path=one.stack.role_path or "/",
                    role_name=_role_name(one.stack, one.rotator_name(name)),
                )
                for name, rotator in one.rotators.items()
            ),
            bootstrap=bootstrap_of_file(one.stack),
            references=frozenset(references_in_file(one)),
            resources={
                kind: number * len(one.rotators)
                for kind, number in MIN_RESOURCES_PER_ROTATOR.items()
            },
        )


def _network(vpc: VpcConfig | None) -> Network | None:
    if vpc is None:
        return None
    return Network(
        subnet_ids=tuple(vpc.subnet_ids), security_group_ids=tuple(vpc.security_group_ids)
    )


def _role_name(stack: StackConfig, rotator: str) -> str | None:
    if stack.role_name_prefix is None:
        return None
    path = stack.role_path or "/"
    # it ends with the region, which may be the caller's
    return role_name(stack.role_name_prefix, RoleKind.ROTATE, of=rotator, path=path, region="")
