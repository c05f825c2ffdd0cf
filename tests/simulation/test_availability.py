"""A few simulated days: this rotator always has a valid token, the other strategies do not."""

from dataclasses import replace

import pytest

from studies.simulation.conditions import BASELINE, HARSH, HEALTHY
from studies.simulation.figures import outages
from studies.simulation.run import simulate
from studies.simulation.strategies import COMPARED, OURS, ThisRotator
from studies.simulation.study import outages_of
from studies.simulation.tuning import Tuning
from token_rotator.contract import FUNCTION_TIMEOUT_SECONDS
from token_rotator.timing import REPORT_RESERVE


def test_in_the_baseline_consumers_always_find_a_valid_token():
    result, _ = simulate(COMPARED[OURS], replace(BASELINE, days=4), seed=11)

    assert result.gaps == []
    assert result.met_outages, "no request met an outage"
    assert result.cut_off == 0
    assert result.longest_seconds <= FUNCTION_TIMEOUT_SECONDS - REPORT_RESERVE.total_seconds()


def test_on_the_same_days_other_strategies_are_without_a_valid_token_for_long():
    lost = {
        name: sum(simulate(strategy, replace(BASELINE, days=4), seed=11)[0].gaps)
        for name, strategy in COMPARED.items()
        if name != OURS
    }

    assert lost["a fixed schedule, one attempt"] > 3600
    assert lost["the documented script under cron"] > 1800
    assert lost["this rotator without its watchdogs"] > 1800


def test_without_failures_the_identity_provider_gets_at_most_30_requests_an_hour():
    result, _ = simulate(COMPARED[OURS], replace(HEALTHY, days=4), seed=11)

    assert result.token_requests / (result.days * 24) <= 30
    assert result.least_life_left > 50


@pytest.mark.parametrize("seconds", [60, 300])
def test_an_outage_costs_consumers_no_more_than_the_bound(seconds: int):
    days = 120 * (seconds + 1200) / 86_400

    result, _ = simulate(COMPARED[OURS], outages_of(seconds, days=days), seed=11)

    figures = outages([result], seconds)
    assert figures["met"] > 40
    assert figures["within_bound_percent"] == 100
    assert figures["costing_more_than_the_outage"] == 0


def test_a_second_watchdog_shortens_the_recovery_from_an_outage():
    conditions = outages_of(300, days=150 * 1500 / 86_400)

    one, two = (
        outages([simulate(ThisRotator(tuning=Tuning(watchdogs=n)), conditions, seed=11)[0]], 300)
        for n in (1, 2)
    )

    assert one["recovery_99_percent_seconds"] > 1.5 * two["recovery_99_percent_seconds"]


def test_new_keys_and_wrong_keys_cause_no_gap_of_more_than_a_minute():
    result, scenario = simulate(COMPARED[OURS], replace(HARSH, days=4), seed=11)

    assert scenario.identity_provider.refused, "an unknown key was tried"
    assert max(result.gaps, default=0) < 60


def test_the_same_seed_gives_the_same_result():
    conditions = replace(HARSH, days=0.5)

    first, again, other = (simulate(COMPARED[OURS], conditions, seed)[0] for seed in (3, 3, 4))

    assert first == again
    assert first != other
