"""A claim never lengthens a token's life: of the answer, of the record, or of a bare token."""

import json
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from tests.support.rotating import NAME, RotationScenario, published_before
from token_rotator.contract import Outcome, ValueFormat
from token_rotator.errors import TokenSuperseded
from token_rotator.parameter.record import Record

WATCHDOG = 155
"""As deployed: a token with less life left is replaced."""


def seconds_without_a_valid_token(
    world: RotationScenario, *, lives: int, cold_start_every: int
) -> int:
    """In an hour, with the schedule and the watchdogs as deployed."""
    world.identity_provider.lifetime = timedelta(seconds=lives)
    begun = world.clock.now()
    without = 0
    for second in range(3600):
        world.clock.moment = max(world.clock.moment, begun + timedelta(seconds=second))
        if second % cold_start_every == cold_start_every - 1:
            world.cold_start()
        if second % 240 == 0:
            world.rotate()
        if second % 30 == 7:
            world.rotate(min_remaining=WATCHDOG)
        without += expires_at(world) <= world.clock.now()
    return without


def expires_at(world: RotationScenario) -> datetime:
    """When the published token expires, as its issuer knows it."""
    value = world.store.value(NAME)
    token = value if world.value_format is ValueFormat.TOKEN else json.loads(value)["access_token"]
    _, issued_at = world.identity_provider.requests[int(token.removeprefix("token-")) - 1]
    return issued_at + world.identity_provider.lifetime


@pytest.mark.parametrize("cold_start_every", [10_000, 600, 50])
@pytest.mark.parametrize("lives", [300, 200, 120, 60])
@pytest.mark.parametrize("value_format", ValueFormat)
def test_however_short_tokens_live_consumers_find_no_dead_one(
    value_format: ValueFormat, lives: int, cold_start_every: int
):
    world = RotationScenario(value_format=value_format)

    without = seconds_without_a_valid_token(world, lives=lives, cold_start_every=cold_start_every)

    assert without == 0


def test_a_bare_token_of_which_nothing_is_known_is_replaced_by_the_watchdog():
    world = RotationScenario(value_format=ValueFormat.TOKEN)
    world.rotate()
    world.cold_start()

    report = world.rotate(min_remaining=WATCHDOG)

    assert report.outcome is Outcome.PUBLISHED
    assert (report.life_left_before, report.margin) == (None, None), "unknown, and no guess"


def test_a_bare_token_is_known_for_as_long_as_the_function_is_warm():
    world = RotationScenario(value_format=ValueFormat.TOKEN)
    world.identity_provider.lifetime = timedelta(seconds=900)
    world.rotate()
    world.clock.advance(minutes=5)
    world.store.calls.clear()

    report = world.rotate(min_remaining=WATCHDOG)

    assert report.outcome is Outcome.KEPT
    assert report.life_left_before == timedelta(seconds=599.9)
    assert world.store.calls == ["get_parameter"], "what was remembered is too old"


def test_a_bare_token_that_somebody_else_wrote_is_not_known():
    world = RotationScenario(value_format=ValueFormat.TOKEN)
    world.rotate()
    world.store.put_foreign(NAME, "something else")
    world.clock.advance(minutes=4)

    assert world.rotate(min_remaining=0).outcome is Outcome.PUBLISHED


def test_a_bare_token_whose_write_was_not_confirmed_is_known():
    world = RotationScenario(value_format=ValueFormat.TOKEN)
    world.store.lose_answer("put_parameter")

    report = world.rotate()

    assert report.outcome is Outcome.PUBLISHED
    assert world.store.calls.count("put_parameter") == 1
    assert world.rotate(min_remaining=WATCHDOG).outcome is Outcome.KEPT


@pytest.mark.parametrize("expires_in", [301, 3600, 300_000])
def test_a_published_record_holds_fresh_tokens_back_for_one_configured_lifetime_at_most(
    expires_in: int,
):
    world = RotationScenario()
    world.publication.publish(world.record(expires_in=expires_in))
    outcomes = []

    for seconds in (150, 100):
        world.clock.advance(seconds=seconds)
        outcomes.append(world.rotate(min_remaining=WATCHDOG).outcome)

    assert outcomes == [Outcome.PUBLISHED, Outcome.KEPT]


def test_a_record_of_a_longer_configured_lifetime_is_replaced_like_any_other():
    world = RotationScenario()
    published_before(world, expires_in=3000)

    report = world.rotate()

    assert report.outcome is Outcome.PUBLISHED
    assert report.life_left_before is not None
    assert report.life_left_before <= timedelta(seconds=300)


def test_a_fresh_token_that_is_discarded_once_is_no_failure():
    world = RotationScenario()
    world.rotate()
    world.identity_provider.lifetime = timedelta(seconds=60)

    assert world.rotate().outcome is Outcome.SUPERSEDED


def test_fresh_tokens_that_are_discarded_twice_in_a_row_are_a_failure():
    world = RotationScenario()
    world.rotate()
    before = world.store.value(NAME)
    world.identity_provider.lifetime = timedelta(seconds=60)
    world.rotate()
    world.rotate(min_remaining=WATCHDOG)

    for _ in range(2):
        with pytest.raises(TokenSuperseded, match="twice in a row"):
            world.rotate()

    assert world.report.outcome is Outcome.FAILED
    assert world.store.value(NAME) == before


def test_a_token_that_was_published_in_between_ends_the_row():
    world = RotationScenario()
    outcomes = []

    for lives in (300, 60, 300, 60, 300):
        world.identity_provider.lifetime = timedelta(seconds=lives)
        outcomes.append(world.rotate().outcome)

    assert outcomes == [
        *(Outcome.PUBLISHED, Outcome.SUPERSEDED),
        *(Outcome.PUBLISHED, Outcome.SUPERSEDED),
        Outcome.PUBLISHED,
    ]


class SameToken:
    """A provider that answers the same token again, with the life that it has left."""

    def __init__(self, world: RotationScenario, *, lives: int) -> None:
        self._world = world
        self.expires_at = world.clock.now() + timedelta(seconds=lives)

    def exchange(self, *_: object, **__: object) -> Record:
        expires_in = (self.expires_at - self._world.clock.now()).total_seconds()
        return self._world.record(expires_in=expires_in, token="the-same")


@pytest.mark.parametrize(("later", "kept"), [(100, 250), (-100, 150), (0, 250)])
def test_the_same_token_once_more_may_expire_earlier_but_not_later(later: int, kept: int):
    world = RotationScenario()
    provider = SameToken(world, lives=250)
    world.rotation = replace(world.rotation, identity_provider=provider)
    world.rotate()
    provider.expires_at += timedelta(seconds=later)

    report = world.rotate()

    assert report.outcome is Outcome.PUBLISHED
    assert world.published is not None
    assert world.published.expires_at == world.clock.now() + timedelta(seconds=kept)
