"""The stacks of a ``rotators.toml``."""

from collections.abc import Iterator, Mapping
from typing import Final

from token_rotator_cdk.config.models.deployment import Deployment
from token_rotator_cdk.config.models.rotator import SecretConfig
from token_rotator_cdk.config.models.stack import StackConfig
from token_rotator_cdk.config.rules.iam import RoleKind, role_name
from token_rotator_cli.preflight.bootstrap import bootstrap_of_file
from token_rotator_cli.preflight.named import named_in_file
from token_rotator_cli.preflight.network import network_of_file
from token_rotator_cli.preflight.planned.stacks import PlannedRotator, PlannedStack

LEAST_PER_ROTATOR: Final[Mapping[str, int]] = {
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
                    secret_key_arn=_key_of(rotator.secret),
                    reserves_concurrency=rotator.reserve_concurrency,
                    has_shared_reader=bool(rotator.share_with),
                    network=network_of_file(rotator.vpc),
                    key_arn=one.stack.key_arn,
                    role_path=one.stack.role_path or "/",
                    role_name=_role_name(one.stack, one.rotator_name(name)),
                )
                for name, rotator in one.rotators.items()
            ),
            bootstrap=bootstrap_of_file(one.stack),
            named=frozenset(named_in_file(one)),
            resources={
                kind: number * len(one.rotators) for kind, number in LEAST_PER_ROTATOR.items()
            },
        )


def _role_name(stack: StackConfig, rotator: str) -> str | None:
    if stack.role_name_prefix is None:
        return None
    path = stack.role_path or "/"
    # it ends with the region, which may be the caller's
    return role_name(stack.role_name_prefix, RoleKind.ROTATE, of=rotator, path=path, region="")


def _key_of(secret: SecretConfig | None) -> str | None:
    return None if secret is None else secret.key_arn or ""
