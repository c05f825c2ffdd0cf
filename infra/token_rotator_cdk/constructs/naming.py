"""What a rotator is called, and which parameter it may write."""

import re
from collections.abc import Iterator
from typing import Final
from weakref import WeakKeyDictionary

from aws_cdk import Stack
from constructs import Construct

from token_rotator_cdk.config.issues import ConfigIssue, shown

_WRITERS: Final[WeakKeyDictionary[Stack, dict[str, str]]] = WeakKeyDictionary()
"""The parameters that the rotators of each stack write, and which rotator does."""


def default_rotator_name(construct: Construct) -> str:
    """The stack's name and the construct's path in it: unique in an account and region."""
    stack = Stack.of(construct)
    path = construct.node.path.removeprefix(f"{stack.node.path}/")
    return f"{stack.stack_name}/{re.sub('[^A-Za-z0-9/_+=.@-]', '-', path)}"


def issues_of_writer(construct: Construct, parameter_name: str) -> Iterator[ConfigIssue]:
    """Whether another rotator of the stack writes the parameter already."""
    writers = _WRITERS.setdefault(Stack.of(construct), {})
    writer = writers.setdefault(parameter_name, construct.node.path)
    if writer != construct.node.path:
        yield ConfigIssue(
            key="parameter_name",
            value=shown(parameter_name),
            fix=f"write another name: {writer} writes this parameter already",
        )
