"""A few days of what `make simulate` runs for months: the promise holds, and the model bites."""

from dataclasses import replace

import pytest

from studies.simulation.conditions import BASELINE, HARSH, HEALTHY
from studies.simulation.figures import outages
from studies.simulation.strategies import COMPARED, OURS, ThisRotator
from studies.simulation.stretch import play
from studies.simulation.study import outages_of
from studies.simulation.tuning import Tuning
from token_rotator.contract import FUNCTION_TIMEOUT_SECONDS
from token_rotator.timing import TO_REPORT


def test_in_the_baseline_consumers_always_find_a_valid_token():
    result, _ = play(COMPARED[OURS], replace(BASELINE, days=4), seed=11)

    assert result.gaps == []
    assert result.struck, "the outages were not slept through"
    assert result.cut_off == 0
    assert result.longest_seconds <= FUNCTION_TIMEOUT_SECONDS - TO_REPORT.total_seconds()


def test_the_same_days_leave_others_without_one():
    lost = {
        name: sum(play(strategy, replace(BASELINE, days=4), seed=11)[0].gaps)
        for name, strategy in COMPARED.items()
        if name != OURS
    }

    assert lost["a fixed schedule, one attempt"] > 3600
    assert lost["the documented script under cron"] > 1800
    assert lost["this rotator without its watchdogs"] > 1800


def test_while_nothing_goes_wrong_the_identity_provider_sees_30_requests_an_hour_at_most():
    result, _ = play(COMPARED[OURS], replace(HEALTHY, days=4), seed=11)

    assert result.token_requests / (result.days * 24) <= 30
    assert result.least_life_left > 50


@pytest.mark.parametrize("seconds", [60, 300])
def test_an_outage_costs_consumers_no_more_than_the_bound(seconds: int):
    days = 120 * (seconds + 1200) / 86_400

    result, _ = play(COMPARED[OURS], outages_of(seconds, days=days), seed=11)

    figures = outages([result], seconds)
    assert figures["met"] > 40
    assert figures["within_bound_percent"] == 100
    assert figures["costing_more_than_the_outage"] == 0


def test_a_second_watchdog_shortens_what_follows_an_outage():
    conditions = outages_of(300, days=150 * 1500 / 86_400)

    one, two = (
        outages([play(ThisRotator(tuning=Tuning(watchdogs=n)), conditions, seed=11)[0]], 300)
        for n in (1, 2)
    )

    assert one["recovery_99_percent_seconds"] > 1.5 * two["recovery_99_percent_seconds"]


def test_keys_that_change_for_better_and_worse_leave_no_gap_of_more_than_a_minute():
    result, world = play(COMPARED[OURS], replace(HARSH, days=4), seed=11)

    assert world.identity_provider.refused, "an unknown key was tried"
    assert max(result.gaps, default=0) < 60


def test_a_seed_says_everything():
    conditions = replace(HARSH, days=0.5)

    first, again, other = (play(COMPARED[OURS], conditions, seed)[0] for seed in (3, 3, 4))

    assert first == again
    assert first != other
