"""Roles and policies that a deployment would replace, because IAM cannot move or rename them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from token_rotator_cdk.config.rules.iam import has_role_name_form
from token_rotator_cli.deployment.inventory import DeployedRotator
from token_rotator_cli.preflight.planned.stacks import PlannedRotator, PlannedStack

READER_POLICY_STAYS: Final = (
    "The old reader policy stays attached and keeps working, but later deployments change only the "
    "new one. Attach the new one (output ...ReaderPolicyArn), then delete the old one."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A task for consumers after the deployment, without loss of tokens."""

    parameter_name: str
    message: str


def moves(stacks: Sequence[PlannedStack], deployed: Sequence[DeployedRotator]) -> Iterator[Move]:
    """The rotators whose roles and reader policy are replaced."""
    planned = {one.rotator: one for stack in stacks for one in stack.rotators}
    for old in deployed:
        new = planned.get(old.rotator)
        if new is not None and is_moved(old, new):
            message = (
                f"the roles and the reader policy of {old.rotator} get another path or name "
                f"(role_path, role_name_prefix). {READER_POLICY_STAYS}"
            )
            yield Move(parameter_name=new.parameter_name, message=message)


def is_moved(old: DeployedRotator, new: PlannedRotator) -> bool:
    """Whether the roles get another path or name."""
    path, _, name = old.role_arn.partition(":role")[2].rpartition("/")
    if f"{path}/" != new.role_path:
        return True
    if new.role_name is None:
        return has_role_name_form(name)
    return not name.startswith(new.role_name)
