"""What the steps of ``preflight`` work with: one account and region, and what goes there."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property

from token_rotator_cli.aws.calls import calling
from token_rotator_cli.aws.clients import Aws
from token_rotator_cli.console import Console
from token_rotator_cli.deployment.inventory import DeployedRotator, rotators_in
from token_rotator_cli.deployment.stack_resources import StackResources, resources_of
from token_rotator_cli.preflight.planned.stacks import PlannedRotator, PlannedStack


class PreflightContext:
    """The stacks of one account and region. What is read is kept; what fails is read again."""

    aws: Aws
    """It is there once the step ``account`` has ended well."""

    def __init__(
        self,
        connect: Callable[[], Aws],
        stacks: Sequence[PlannedStack],
        *,
        accepted: frozenset[str],
        console: Console,
    ) -> None:
        self.connect = connect
        self.console = console
        self.stacks = stacks
        self.accepted = accepted
        """The parameters whose consumers may lose their token."""
        self._resources: dict[str, StackResources] = {}

    @property
    def place(self) -> str:
        """Region and account, for people."""
        return f"{self.aws.region} of account {self.aws.account}"

    @property
    def rotators(self) -> list[PlannedRotator]:
        """Those of all stacks."""
        return [rotator for stack in self.stacks for rotator in stack.rotators]

    @cached_property
    def deployed(self) -> list[DeployedRotator]:
        """The rotators that are there already. Raises CallerError."""
        return [*rotators_in(self.aws)]

    @cached_property
    def iam_summary(self) -> Mapping[str, int]:
        """What IAM counts in the account, and its quotas. Raises CallerError."""
        with calling("iam:GetAccountSummary"):
            summary = self.aws.iam.get_account_summary()["SummaryMap"]
        return {str(name): number for name, number in summary.items()}

    def resources(self, stack: str) -> StackResources:
        """What a stack owns already. Raises CallerError."""
        if stack not in self._resources:
            self._resources[stack] = resources_of(self.aws, stack)
        return self._resources[stack]

    def added(self, kind: str) -> int:
        """How many of a resource type come in addition, at least. Raises CallerError."""
        total: Counter[str] = Counter()
        for stack in self.stacks:
            total += Counter(stack.resources) - self.resources(stack.name).numbers()
        return total[kind]
