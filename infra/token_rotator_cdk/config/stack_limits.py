"""How many rotators fit into a stack, by CloudFormation's limits.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
"""

from collections.abc import Iterator, Mapping
from typing import Final

from token_rotator_cdk.config.issues import ConfigIssue, shown
from token_rotator_cdk.config.models.deployment import Deployment

MOST_ROTATORS: Final = 18
"""In one stack, whatever is configured: each has up to 23 resources of the 500 that a template may
have, 6 outputs of 200, and 53,000 bytes with the longest names. One number with some room, so that
no file stops fitting because a setting was changed or a release adds a resource."""

MOST_TEMPLATE_BYTES: Final = 1_000_000
"""Many long tags, on every resource, reach it sooner."""


def misplaced(deployment: Deployment) -> Iterator[ConfigIssue]:
    """Rotators that do not fit where the file puts them."""
    spelled: dict[str, str] = {}
    for stack in deployment.by_stack():
        name = stack.stack.name
        first = spelled.setdefault(name.lower(), name)
        if first != name:
            fix = f"write {shown(first)}, or a name that differs in more than its capitals"
            yield _stack_of(stack, 0, fix)
        if len(stack.rotators) > MOST_ROTATORS:
            yield _too_many(stack, MOST_ROTATORS)


def too_large(deployment: Deployment, template_bytes: Mapping[str, int]) -> Iterator[ConfigIssue]:
    """Stacks whose templates came out too long; known only when they are there."""
    for stack in deployment.by_stack():
        size = template_bytes[stack.stack.name]
        if size > MOST_TEMPLATE_BYTES:
            fit = len(stack.rotators) * MOST_TEMPLATE_BYTES // size
            yield _too_many(stack, fit, " (or write fewer or shorter tags: every resource has all)")


def _too_many(stack: Deployment, fit: int, otherwise: str = "") -> ConfigIssue:
    surplus = len(stack.rotators) - fit
    tables = "this table" if surplus == 1 else f"this table and {surplus - 1} more"
    return _stack_of(
        stack,
        fit,
        f"{fit} rotators fit into a stack, and this one has {len(stack.rotators)}: write "
        f"other stacks, such as {shown(f'{stack.stack.name}-2')}, into {tables}{otherwise}",
    )


def _stack_of(stack: Deployment, position: int, fix: str) -> ConfigIssue:
    name = tuple(stack.rotators)[position]
    value = shown(stack.stack.name)
    return ConfigIssue(table=("rotators", name), key="stack", value=value, fix=fix)
