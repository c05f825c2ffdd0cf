"""A whole ``rotators.toml``: what its stacks share, and one table per rotator."""

from collections.abc import Mapping
from typing import Annotated

from token_rotator_cdk.config.models.rotator import RotatorConfig
from token_rotator_cdk.config.models.stack import StackConfig
from token_rotator_cdk.config.models.table import Table
from token_rotator_cdk.config.rules.rotator import ANY_TABLES, TableName


class Deployment(Table):
    """What one file deploys."""

    stack: StackConfig
    """What the rotators share."""

    rotators: Annotated[
        Mapping[TableName, RotatorConfig],
        ANY_TABLES,
    ]
    """One table per credential. The name appears in alarms, metrics and logs."""

    def stack_name(self, rotator: str) -> str:
        """The stack that a rotator is in."""
        return self.rotators[rotator].stack or self.stack.name

    def rotator_name(self, rotator: str) -> str:
        """What metrics, logs and tags call a rotator.

        The stack's name is part of it: two stacks of an account may each have a ``marketing``, and
        the tokens that one publishes must not keep the other one's dead man's switch quiet.
        """
        return f"{self.stack_name(rotator)}/{rotator}"

    def by_stack(self) -> "tuple[Deployment, ...]":
        """One deployment per CloudFormation stack, each complete in itself."""
        rotators: dict[str, dict[str, RotatorConfig]] = {}
        for name, rotator in self.rotators.items():
            rotators.setdefault(self.stack_name(name), {})[name] = rotator
        return tuple(
            self.model_copy(
                update={"stack": self.stack.model_copy(update={"name": name}), "rotators": those}
            )
            for name, those in rotators.items()
        )
