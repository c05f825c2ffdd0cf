"""What a combination is checked with, and what a conflict says."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from token_rotator_cdk.config.issues import KeyPath
from token_rotator_cdk.config.places import Place

Usable = Callable[..., bool]
"""Whether a key's value can be compared with others (``Checked.usable``)."""


class Conflict(NamedTuple):
    """The key to change, and what to write instead."""

    path: KeyPath
    fix: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a rotator has to fit into."""

    rotator_name: str
    place: Place
    parameter_tags: Mapping[str, str]
    fips: bool
