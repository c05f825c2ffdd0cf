"""The inputs of the steps of ``preflight``: an account, a region and the planned stacks."""

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
    """The stacks of one account and region. Successful reads are cached."""

    aws: Aws
    """Set after the step ``account``."""

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
        """Region and account, for messages."""
        return f"{self.aws.region} of account {self.aws.account}"

    @property
    def rotators(self) -> list[PlannedRotator]:
        """The rotators of all stacks."""
        return [rotator for stack in self.stacks for rotator in stack.rotators]

    @cached_property
    def deployed(self) -> list[DeployedRotator]:
        """The rotators that are already deployed. Raises CallerError."""
        return [*rotators_in(self.aws)]

    @cached_property
    def iam_summary(self) -> Mapping[str, int]:
        """The account's IAM usage and quotas. Raises CallerError."""
        with calling("iam:GetAccountSummary"):
            summary = self.aws.iam.get_account_summary()["SummaryMap"]
        return {str(name): number for name, number in summary.items()}

    def resources(self, stack: str) -> StackResources:
        """A stack's existing resources. Raises CallerError."""
        if stack not in self._resources:
            self._resources[stack] = resources_of(self.aws, stack)
        return self._resources[stack]

    def added(self, kind: str) -> int:
        """The minimum number of added resources of a type. Raises CallerError."""
        total: Counter[str] = Counter()
        for stack in self.stacks:
            total += Counter(stack.resources) - self.resources(stack.name).numbers()
        return total[kind]
