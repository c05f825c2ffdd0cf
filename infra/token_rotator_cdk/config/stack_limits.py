"""Limits of the number of rotators in a stack, from CloudFormation's quotas.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
"""

from collections.abc import Iterator, Mapping
from typing import Final

from token_rotator_cdk.config.issues import ConfigIssue, shown
from token_rotator_cdk.config.models.deployment import Deployment

MAX_ROTATORS: Final = 18
"""Maximum per stack. Each rotator has up to 23 of the 500 resources that a template may have, 6 of
200 outputs, and 53,000 bytes with the longest names. The number has some reserve, so that changed
settings or new releases do not exceed the quotas."""

MAX_TEMPLATE_BYTES: Final = 1_000_000
"""Long tags on every resource can exceed this before the number of rotators does."""


def stack_issues(deployment: Deployment) -> Iterator[ConfigIssue]:
    """Issues with the assignment of rotators to stacks."""
    first_spelling: dict[str, str] = {}
    for stack in deployment.by_stack():
        name = stack.stack.name
        spelling = first_spelling.setdefault(name.lower(), name)
        if spelling != name:
            fix = (
                f"write {shown(spelling)}, or a name that differs in more than upper and lower case"
            )
            yield _stack_issue(stack, 0, fix)
        if len(stack.rotators) > MAX_ROTATORS:
            yield _too_many(stack, MAX_ROTATORS)


def too_large(deployment: Deployment, template_bytes: Mapping[str, int]) -> Iterator[ConfigIssue]:
    """Stacks whose synthesized templates are too large."""
    for stack in deployment.by_stack():
        size = template_bytes[stack.stack.name]
        if size > MAX_TEMPLATE_BYTES:
            capacity = len(stack.rotators) * MAX_TEMPLATE_BYTES // size
            yield _too_many(
                stack, capacity, " (or use fewer or shorter tags, which every resource repeats)"
            )


def _too_many(stack: Deployment, capacity: int, otherwise: str = "") -> ConfigIssue:
    surplus = len(stack.rotators) - capacity
    tables = "this table" if surplus == 1 else f"this table and {surplus - 1} more"
    return _stack_issue(
        stack,
        capacity,
        f"{capacity} rotators fit into a stack, and this one has {len(stack.rotators)}: set "
        f"another stack, such as {shown(f'{stack.stack.name}-2')}, in {tables}{otherwise}",
    )


def _stack_issue(stack: Deployment, position: int, fix: str) -> ConfigIssue:
    name = tuple(stack.rotators)[position]
    value = shown(stack.stack.name)
    return ConfigIssue(table=("rotators", name), key="stack", value=value, fix=fix)
