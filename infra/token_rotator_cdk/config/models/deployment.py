"""A whole ``rotators.toml``: shared settings, and one table per rotator."""

from collections.abc import Mapping
from typing import Annotated

from token_rotator_cdk.config.models.rotator import RotatorConfig
from token_rotator_cdk.config.models.stack import StackConfig
from token_rotator_cdk.config.models.table import Table
from token_rotator_cdk.config.rules.rotator import NOT_EMPTY, TableName


class Deployment(Table):
    """Everything that one file deploys."""

    stack: StackConfig
    """Settings shared by all rotators."""

    rotators: Annotated[
        Mapping[TableName, RotatorConfig],
        NOT_EMPTY,
    ]
    """One table per credential. The name appears in alarms, metrics and logs."""

    def stack_name(self, rotator: str) -> str:
        """The name of a rotator's stack."""
        return self.rotators[rotator].stack or self.stack.name

    def rotator_name(self, rotator: str) -> str:
        """A rotator's name in metrics, logs and tags.

        It includes the stack's name, because two stacks in an account may have a rotator of the
        same name, and their metrics must not mix.
        """
        return f"{self.stack_name(rotator)}/{rotator}"

    def by_stack(self) -> "tuple[Deployment, ...]":
        """Splits the file into one deployment per CloudFormation stack."""
        rotators: dict[str, dict[str, RotatorConfig]] = {}
        for name, rotator in self.rotators.items():
            rotators.setdefault(self.stack_name(name), {})[name] = rotator
        return tuple(
            self.model_copy(
                update={"stack": self.stack.model_copy(update={"name": name}), "rotators": group}
            )
            for name, group in rotators.items()
        )
