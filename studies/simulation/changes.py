"""Planned changes of a scenario: replaced keys, wrong keys, and deletion of expired parameters."""

import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from studies.simulation.scenario import PARAMETER, Scenario, downloaded, signing_key
from token_rotator.contract import Trigger

SCANS_EVERY_SECONDS = 3600.0
"""Expired parameters are deleted by "asynchronous, periodic scans" (Systems Manager User Guide)."""

OLD_KEY_ACCEPTED_SECONDS = 3600.0
"""For how long the identity provider still accepts assertions by the previous key."""

_KEYS = 3
_UNKNOWN_KEY = _KEYS
_DAY = 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A change that happens at this second."""

    moment: float
    apply: Callable[[], None]
    announced: Trigger | None = None
    """The trigger of the event that it causes, which invokes the function."""


def changes(scenario: Scenario, until: float) -> list[Change]:
    """All planned changes of this scenario."""
    planned = list(_scans(scenario, until))
    if scenario.conditions.key_changes:
        planned += _key_changes(scenario, until)
    return planned


def _scans(scenario: Scenario, until: float) -> Iterator[Change]:
    lag = scenario.trace.stream("expiry scans")

    def scan() -> None:
        there = scenario.store.holds(PARAMETER)
        scenario.store.scan()
        if there and not scenario.store.holds(PARAMETER):
            scenario.history.deleted(scenario.clock.seconds)

    for number in range(int(until / SCANS_EVERY_SECONDS)):
        yield Change(moment=(number + lag.at(number)) * SCANS_EVERY_SECONDS, apply=scan)


def _key_changes(scenario: Scenario, until: float) -> Iterator[Change]:
    """Alternating days: a new key, stored correctly; then a wrong key, repaired six hours later."""
    when, accepted = scenario.trace.stream("key changes"), scenario.identity_provider.keys
    for day in range(1, int(until / _DAY)):
        at = day * _DAY + when.at(day) * _DAY / 4
        number = (day + 1) // 2 % _KEYS
        good = downloaded(number)
        if day % 2:
            before = signing_key(downloaded((number - 1) % _KEYS))
            yield Change(moment=at, apply=functools.partial(accepted.add, signing_key(good)))
            yield _stored(scenario, at + 60, good)
            yield Change(
                moment=at + OLD_KEY_ACCEPTED_SECONDS,
                apply=functools.partial(accepted.discard, before),
            )
        else:
            good = downloaded(day // 2 % _KEYS)
            bad = downloaded(_UNKNOWN_KEY) if day % 4 else "the wrong file"
            yield _stored(scenario, at, bad)
            yield _stored(scenario, at + _DAY / 4, good)


def _stored(scenario: Scenario, moment: float, secret: str) -> Change:
    return Change(
        moment=moment,
        apply=functools.partial(scenario.secret.put, secret),
        announced=Trigger.SECRET_CHANGED,
    )
