"""Whatever the identity provider says about lifetimes, consumers always have a valid token."""

from dataclasses import replace

import pytest

from studies.simulation.claims import ALL, SHORT, TRUTHFUL, UNTRUE, Claims
from studies.simulation.conditions import BASELINE, HEALTHY
from studies.simulation.run import Result, simulate
from studies.simulation.strategies import COMPARED, OURS
from token_rotator.contract import ValueFormat

DAYS = 1.5


def simulated(claims: Claims, value_format: ValueFormat, *, without_failures: bool) -> Result:
    conditions = HEALTHY if without_failures else BASELINE
    chosen = replace(conditions, days=DAYS, claims=claims, value_format=value_format)
    return simulate(COMPARED[OURS], chosen, seed=11)[0]


@pytest.mark.parametrize("value_format", ValueFormat)
@pytest.mark.parametrize("claims", [TRUTHFUL, *UNTRUE], ids=lambda claims: claims.name)
def test_an_untrue_lifetime_costs_consumers_nothing(claims: Claims, value_format: ValueFormat):
    result = simulated(claims, value_format, without_failures=False)

    assert result.gaps == []
    assert result.met_outages, "no request met an outage"


@pytest.mark.parametrize("value_format", ValueFormat)
def test_tokens_that_live_shorter_than_configured_are_replaced_in_time(value_format: ValueFormat):
    assert simulated(SHORT, value_format, without_failures=True).gaps == []


@pytest.mark.parametrize("lives", [60, 120])
def test_a_bare_token_costs_consumers_no_more_than_a_record(lives: int):
    """With 60 s, tokens end between two watchdogs: no rotator that fires each minute helps."""
    claims = Claims(name="short", lives=lives, said=(lives,))

    record, bare = (
        sum(simulated(claims, value_format, without_failures=False).gaps)
        for value_format in (ValueFormat.RECORD, ValueFormat.TOKEN)
    )

    assert bare <= record


def test_a_cold_start_with_a_bare_token_costs_one_request():
    record, bare = (
        simulated(TRUTHFUL, value_format, without_failures=True)
        for value_format in (ValueFormat.RECORD, ValueFormat.TOKEN)
    )

    cold_starts = DAYS * 24 / HEALTHY.recycled_every_hours
    assert 0 < bare.token_requests - record.token_requests <= cold_starts


def test_every_claim_is_told_by_its_own_name():
    assert len({claims.name for claims in ALL}) == len(ALL)
