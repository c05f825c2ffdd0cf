"""Inputs and results of the checks for conflicting settings."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from token_rotator_cdk.config.issues import KeyPath
from token_rotator_cdk.config.places import Place

Usable = Callable[..., bool]
"""Whether a key has no issue of its own (``CheckResult.usable``)."""


class Conflict(NamedTuple):
    """The key to change, and the fix."""

    path: KeyPath
    fix: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RotatorContext:
    """What a rotator's settings are compared with besides each other."""

    rotator_name: str
    place: Place
    parameter_tags: Mapping[str, str]
    fips: bool
