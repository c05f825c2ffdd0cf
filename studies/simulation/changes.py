"""What changes by itself? Keys are replaced, by good ones and bad ones; expired parameters go."""

import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from studies.simulation.world import PARAMETER, Scenario, downloaded, signing_key

SCANS_EVERY_SECONDS = 3600.0
"""Expiration is no deadline: "asynchronous, periodic scans" (Systems Manager User Guide)."""

OLD_KEY_HONOURED_SECONDS = 3600.0
"""For how long the identity provider still takes assertions by the key before."""

_KEYS = 3
_UNKNOWN_KEY = _KEYS
_DAY = 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Something that happens at that second."""

    moment: float
    apply: Callable[[], None]
    announced: bool = False
    """By the event "Secret Label Updated", which calls the function."""


def changes(world: Scenario, until: float) -> list[Change]:
    """Everything that will happen to this world."""
    planned = list(_scans(world, until))
    if world.conditions.key_changes:
        planned += _key_changes(world, until)
    return planned


def _scans(world: Scenario, until: float) -> Iterator[Change]:
    lag = world.trace.stream("expiry scans")

    def scan() -> None:
        there = world.store.holds(PARAMETER)
        world.store.scan()
        if there and not world.store.holds(PARAMETER):
            world.ledger.deleted(world.clock.seconds)

    for number in range(int(until / SCANS_EVERY_SECONDS)):
        yield Change(moment=(number + lag.at(number)) * SCANS_EVERY_SECONDS, apply=scan)


def _key_changes(world: Scenario, until: float) -> Iterator[Change]:
    """Day by day: a good key, stored as it should be; then a mistake, and its repair."""
    when, honoured = world.trace.stream("key changes"), world.identity_provider.keys
    for day in range(1, int(until / _DAY)):
        at = day * _DAY + when.at(day) * _DAY / 4
        number = (day + 1) // 2 % _KEYS
        good = downloaded(number)
        if day % 2:
            before = signing_key(downloaded((number - 1) % _KEYS))
            yield Change(moment=at, apply=functools.partial(honoured.add, signing_key(good)))
            yield _stored(world, at + 60, good)
            yield Change(
                moment=at + OLD_KEY_HONOURED_SECONDS,
                apply=functools.partial(honoured.discard, before),
            )
        else:
            good = downloaded(day // 2 % _KEYS)
            bad = downloaded(_UNKNOWN_KEY) if day % 4 else "the wrong file"
            yield _stored(world, at, bad)
            yield _stored(world, at + _DAY / 4, good)


def _stored(world: Scenario, moment: float, secret: str) -> Change:
    return Change(moment=moment, apply=functools.partial(world.secret.put, secret), announced=True)
