"""Names of a rotator and its roles, and the check that rotators share no parameter or log group."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from weakref import WeakKeyDictionary

from aws_cdk import Stack, Token
from constructs import Construct

from token_rotator_cdk.config.issues import ConfigIssue, shown
from token_rotator_cdk.config.rules.iam import RoleKind, role_name

_OWNERS: Final[WeakKeyDictionary[Stack, dict[tuple[str, str], str]]] = WeakKeyDictionary()
"""The owner of each parameter and log group, by stack."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleNames:
    """Path and names of one rotator's roles and policies."""

    rotator: str
    path: str | None
    prefix: str | None
    """None: CloudFormation generates the names."""

    def name(self, scope: Construct, kind: RoleKind) -> str | None:
        """The name of a role or policy, or None."""
        if self.prefix is None:
            return None
        # a CDK token cannot be hashed
        name_is_known = not Token.is_unresolved(self.rotator)
        of = self.rotator if name_is_known else _qualified_name(Stack.of(scope), scope.node.path)
        region = Stack.of(scope).region
        return role_name(self.prefix, kind, of=of, path=self.path or "/", region=region)

    def of_stack(self, stack: Stack, construct_id: str) -> "RoleNames":
        """The names for roles that a stack's rotators share."""
        shared = _qualified_name(stack, construct_id)
        return RoleNames(rotator=shared, path=self.path, prefix=self.prefix)


def default_rotator_name(construct: Construct) -> str:
    """The stack's name and the construct's path in it: unique in an account and region."""
    stack = Stack.of(construct)
    path = construct.node.path.removeprefix(f"{stack.node.path}/")
    return f"{stack.stack_name}/{re.sub('[^A-Za-z0-9/_+=.@-]', '-', path)}"


def _qualified_name(stack: Stack, path: str) -> str:
    name = stack.node.path if Token.is_unresolved(stack.stack_name) else stack.stack_name
    return f"{name}/{path}"


def issues_of_duplicates(
    construct: Construct, *, parameter_name: str, log_group_name: str | None
) -> Iterator[ConfigIssue]:
    """Issues if another rotator of the stack uses the parameter or the log group."""
    owners = _OWNERS.setdefault(Stack.of(construct), {})
    for key, name, usage in (
        ("parameter_name", parameter_name, "uses this parameter"),
        ("log_group_name", log_group_name, "uses this log group"),
    ):
        if name is None:
            continue
        owner = owners.setdefault((key, name), construct.node.path)
        if owner != construct.node.path:
            fix = f"write another name: {owner} {usage} already"
            yield ConfigIssue(key=key, value=shown(name), fix=fix)
