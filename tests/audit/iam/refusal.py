"""A refusal: a call that must be refused, and the safeguard that refuses it.

Without its safeguard the call would be allowed. tests/audit/checks/iam_flips.py verifies this, so
that a call that is refused for another reason (a misspelled name, a missing statement) does not
count as evidence.
"""

from collections.abc import Iterator, Mapping
from enum import Flag, auto
from types import MappingProxyType
from typing import Final, NamedTuple

from tests.audit.iam.call import Call


class Safeguard(Flag):
    """The elements of a statement that can refuse a call."""

    ACTION = auto()
    RESOURCE = auto()
    CONDITION = auto()
    PRINCIPAL = auto()
    DENY = auto()
    """The whole statement, if it denies."""


class Refusal(NamedTuple):
    """A call that must be refused, with its safeguard."""

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
    """A refusal for each action on each resource."""
    for action in actions:
        for resource in resources:
            call = Call(principal=principal, action=action, resource=resource, context=context)
            yield Refusal(call, safeguard)
