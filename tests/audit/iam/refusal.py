"""What is a refusal? A call that nobody may make, and what alone stands in its way.

A row's safeguard is what its call would pass without: tests/audit/checks/iam_flips.py takes it away
and sees the call allowed. So a row that is refused for another reason (a name that is spelled
wrong, a statement that is not there) does not pass for evidence.
"""

from collections.abc import Iterator, Mapping
from enum import Flag, auto
from types import MappingProxyType
from typing import Final, NamedTuple

from tests.audit.iam.call import Call


class Safeguard(Flag):
    """The elements of one statement that keep a call out."""

    ACTION = auto()
    RESOURCE = auto()
    CONDITION = auto()
    PRINCIPAL = auto()
    DENY = auto()
    """The whole statement, which forbids."""


class Refusal(NamedTuple):
    """A row of the table."""

    call: Call
    safeguard: Safeguard


NOTHING: Final[Mapping[str, str]] = MappingProxyType({})


def rows(
    safeguard: Safeguard,
    principal: str,
    actions: tuple[str, ...],
    resources: tuple[str, ...],
    context: Mapping[str, str] = NOTHING,
) -> Iterator[Refusal]:
    """Every action on every resource."""
    for action in actions:
        for resource in resources:
            call = Call(principal=principal, action=action, resource=resource, context=context)
            yield Refusal(call, safeguard)
