"""The minutes at which each alarm fires: the rendered alarms on timelines of metrics."""

import functools
import itertools
import random
from collections.abc import Callable
from dataclasses import replace

import pytest

from local.alarms.evaluation import Alarm, Samples
from local.alarms.log_metrics import INVOCATIONS
from studies.simulation.conditions import HEALTHY
from studies.simulation.scenario import Scenario
from studies.simulation.strategies import ThisRotator
from studies.simulation.trace import Trace
from tests.support.infra_templates import a_rotator, a_stack, resources, template
from tests.support.metric_timeline import Life
from token_rotator.contract import FUNCTION_TIMEOUT_SECONDS
from token_rotator_cdk.constructs.monitoring.alarms import FIRST_KEY_MINUTES

EXTRAS = (0, 1, 2, 3, 5)
"""How many periods more than it needs an alarm may look at; CloudWatch documents 2 by example."""


@functools.cache
def alarms(**rotator) -> dict[str, Alarm]:
    found = resources(template(a_stack(), a_rotator(**rotator)), "AWS::CloudWatch::Alarm")
    return {
        properties["AlarmName"].rpartition("/")[2]: Alarm.from_properties(properties)
        for properties in found.values()
    }


DEFAULT = alarms()


def rung(life: Life, *, extra: int = 2, **rotator) -> dict[str, list[int]]:
    """Name of each alarm that fires → the minutes at which it does."""
    watching = alarms(**rotator) if rotator else DEFAULT
    found = {
        name: alarm.alarm_minutes(life.samples, until=life.minutes, extra=extra)
        for name, alarm in watching.items()
    }
    return {name: minutes for name, minutes in found.items() if minutes}


def in_one_go(minutes: list[int]) -> bool:
    return minutes == list(range(minutes[0], minutes[-1] + 1))


def in_turn(seconds: float, phase: int = 0) -> Callable[[int], float]:
    return lambda number: seconds * ((number + phase) % 2)


early_and_late = in_turn(59)
"""The worst that a precision of 60 s allows: two firings are a minute too far apart."""


@pytest.mark.parametrize(
    ("required", "seen", "missing", "expected"),
    [
        (3, "0-X-X", "breaching", False),
        (3, "----0", "breaching", False),
        (3, "-----", "breaching", True),
        (3, "-----", "notBreaching", False),
        (3, "0XX-X", "notBreaching", True),
        (3, "--X--", "breaching", True),
        (3, "--X--", "notBreaching", False),
        (2, "0-X-X", "notBreaching", True),
        (2, "00X0X", "notBreaching", True),
        (2, "0-X--", "breaching", True),
        (2, "0-X--", "notBreaching", False),
        (2, "----0", "breaching", True),
        (2, "----0", "notBreaching", False),
    ],
)
def test_the_evaluator_decides_as_the_user_guides_tables_do(required, seen, missing, expected):
    three_minutes = {
        "Namespace": "n",
        "MetricName": "m",
        "Period": 60,
        "Statistic": "Sum",
        "Threshold": 1,
        "EvaluationPeriods": 3,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
    }
    alarm = Alarm.from_properties(
        {**three_minutes, "DatapointsToAlarm": required, "TreatMissingData": missing}
    )
    real = [{"0": 0.0, "X": 1.0}[point] for point in seen if point != "-"]

    assert alarm.is_breached(real) is expected


@pytest.mark.parametrize("extra", EXTRAS)
@pytest.mark.parametrize("seed", range(5))
def test_a_healthy_rotator_rings_nothing(seed, extra):
    dice = random.Random(seed)

    assert rung(Life(minutes=720, jitter=lambda _: dice.uniform(0, 59)), extra=extra) == {}


@pytest.mark.parametrize("extra", EXTRAS)
def test_the_worst_jitter_rings_nothing(extra):
    assert rung(Life(minutes=240, jitter=early_and_late), extra=extra) == {}
    late_first = Life(minutes=240, jitter=in_turn(59, phase=1))
    assert rung(late_first, extra=extra) == {}


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("extra", EXTRAS)
@pytest.mark.parametrize("interval", [1, 4, 9, 55])
def test_the_dead_mans_switch_is_quiet_however_slow_a_healthy_rotator_is(interval, extra, late):
    """Early and late in turn, at once and at the last moment in turn, and no watchdog."""
    switch = alarms(interval_minutes=interval, token_lifetime_seconds=3600)["TokenNotRefreshed"]

    for begins, phase in itertools.product((0, 20, 40, 59), (0, 1)):
        life = Life(
            minutes=12 * interval,
            begins=begins,
            interval_minutes=interval,
            watchdog=False,
            jitter=in_turn(59, phase),
            took=in_turn(FUNCTION_TIMEOUT_SECONDS - 1, phase),
        )
        assert (
            switch.alarm_minutes(life.samples, until=life.minutes, extra=extra, arrives_late=late)
            == []
        )


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("extra", EXTRAS)
@pytest.mark.parametrize("last_run", [0.0, 59.0])
def test_when_everything_stops_the_dead_mans_switch_rings_within_eight_minutes(
    last_run, extra, late
):
    life = Life(minutes=90, jitter=lambda _: last_run, gone=lambda second: second > 60 * 60)
    last = life.published[-1]

    switch = DEFAULT["TokenNotRefreshed"]
    minutes = switch.alarm_minutes(life.samples, until=90, extra=extra, arrives_late=late)

    assert minutes[0] * 60 - last <= 8 * 60
    assert minutes == list(range(minutes[0], 91)), "and goes on until somebody repairs it"
    assert rung(life, extra=extra).keys() == {"TokenNotRefreshed", "FunctionNotInvoked"}


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("extra", EXTRAS)
@pytest.mark.parametrize("last_run", [0.0, 59.0])
@pytest.mark.parametrize(
    ("interval", "stops"),
    [
        (4, {"gone": lambda second: second > 60 * 60}),
        (55, {"gone": lambda second: second > 60 * 60}),
        (4, {"throttled": lambda number: number > 80}),
    ],
    ids=["stopped", "stopped, with a long interval", "throttled"],
)
def test_when_nothing_is_invoked_an_alarm_rings_within_four_minutes(
    interval, stops, last_run, extra, late
):
    life = Life(
        minutes=90, interval_minutes=interval, lifetime=3600, jitter=lambda _: last_run, **stops
    )
    last = max(second for second, _ in life.samples[INVOCATIONS])

    switch = DEFAULT["FunctionNotInvoked"]
    minutes = switch.alarm_minutes(life.samples, until=90, extra=extra, arrives_late=late)

    assert 3 * 60 < minutes[0] * 60 - last <= 4 * 60
    assert minutes == list(range(minutes[0], 91)), "and goes on until somebody repairs it"


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("extra", EXTRAS)
@pytest.mark.parametrize("interval", [4, 55])
def test_one_watchdog_at_its_worst_is_enough_to_be_invoked(interval, extra, late):
    switch = alarms(interval_minutes=interval, token_lifetime_seconds=3600)["FunctionNotInvoked"]

    for begins, phase in itertools.product((0, 0.9, 20, 40, 59), (0, 1)):
        life = Life(
            minutes=240,
            begins=begins,
            interval_minutes=interval,
            schedule=False,
            jitter=in_turn(59, phase),
        )
        ringing = switch.alarm_minutes(life.samples, until=240, extra=extra, arrives_late=late)
        assert ringing == []


def test_an_invocation_now_and_then_is_not_silence():
    half = Life(minutes=240, throttled=lambda number: number % 2 == 0)

    assert "FunctionNotInvoked" not in rung(half)


def test_without_watchdogs_no_alarm_expects_an_invocation_each_minute():
    assert "FunctionNotInvoked" not in alarms(watchdog_min_remaining_seconds=0)


@functools.cache
def healthy_invocations(days: int) -> Samples:
    """By the simulation's schedules, with their jitter."""
    scenario = Scenario(Trace(seed=1), replace(HEALTHY, days=days))
    events = ThisRotator().events(scenario, days * 86_400.0)
    return {INVOCATIONS: [(event.due, 1.0) for event in events]}


@pytest.mark.parametrize(
    ("window", "late", "days", "rings"),
    [
        (3, True, 30, False),
        pytest.param(3, True, 365, False, marks=pytest.mark.audit),
        (2, False, 30, False),
        (2, True, 30, True),
    ],
)
def test_three_minutes_are_the_smallest_window_that_a_year_of_jitter_leaves_quiet(
    window, late, days, rings
):
    """Two are enough only where the newest minute's data point is never late."""
    deployed = DEFAULT["FunctionNotInvoked"]
    alarm = replace(deployed, window=window, required=window)

    minutes = alarm.alarm_minutes(
        healthy_invocations(days), until=days * 1440 - 2, arrives_late=late
    )

    assert deployed.window == deployed.required == 3
    assert bool(minutes) is rings


def test_one_failure_rings_once_and_clears_after_three_clean_minutes():
    life = Life(minutes=60, fails=lambda second: 20 * 60 <= second < 21 * 60)

    assert rung(life) == {"RefreshFailing": [21, 22, 23]}


def test_an_outage_rings_from_its_first_minute_on_and_does_not_flap():
    down = range(20 * 60, 33 * 60)
    life = Life(minutes=60, fails=lambda second: second in down)

    found = rung(life)

    assert found.keys() == {"RefreshFailing", "TokenNotRefreshed", "TokenMarginLow"}
    assert all(in_one_go(minutes) for minutes in found.values())
    assert (found["RefreshFailing"][0], found["RefreshFailing"][-1]) == (21, 35)
    assert found["TokenMarginLow"][0] == 34, "the first token after it came too late"


def test_a_key_that_cannot_be_used_rings_at_every_watchdog_until_it_is_replaced():
    life = Life(minutes=600, fails=lambda second: second >= 100 * 60)

    assert rung(life)["RefreshFailing"] == list(range(101, 601))


def test_the_previous_key_rings_as_long_as_it_is_in_use_and_does_not_flap():
    life = Life(minutes=180, jitter=early_and_late, previous_key=lambda s: 30 * 60 <= s < 120 * 60)

    (minutes,) = rung(life).values()

    assert in_one_go(minutes)
    assert minutes[0] <= 38
    assert 120 <= minutes[-1] <= 130
    assert rung(life).keys() == {"PreviousKeyInUse"}


@pytest.mark.parametrize(("days", "rings"), [(59, False), (30, False), (29, True), (-3, True)])
def test_a_key_rings_in_its_last_thirty_days(days, rings):
    life = Life(minutes=120, jitter=early_and_late, key_days_left=lambda _: days)

    found = rung(life)

    assert found.keys() == ({"KeyExpiringSoon"} if rings else set())
    assert all(in_one_go(minutes) and minutes[0] <= 2 for minutes in found.values())


@pytest.mark.parametrize(("late", "rings"), [(29, False), (30, True)])
def test_a_margin_below_thirty_seconds_rings(late, rings):
    """A token of 300 s, replaced once after 240 + 29 + 1 s, and once a second later."""
    life = Life(minutes=60, watchdog=False, jitter=lambda number: late * (number >= 5))

    assert rung(life, watchdog_min_remaining_seconds=0).keys() == (
        {"TokenMarginLow"} if rings else set()
    )


def test_a_new_stack_waits_quietly_for_its_first_key():
    stored_in_time = Life(minutes=240, waits=lambda second: second < (FIRST_KEY_MINUTES - 2) * 60)

    assert rung(stored_in_time) == {}


@pytest.mark.parametrize("extra", EXTRAS)
def test_a_new_stack_to_which_nobody_brings_a_key_rings_after_its_warm_up(extra):
    forgotten = Life(minutes=240, waits=lambda _: True)

    assert rung(forgotten, extra=extra) == {
        "TokenNotRefreshed": list(range(FIRST_KEY_MINUTES + 1, 241))
    }


def test_a_new_stack_on_which_nothing_runs_rings_after_its_warm_up():
    ringing = list(range(FIRST_KEY_MINUTES + 1, 241))

    assert rung(Life(minutes=240, gone=lambda _: True)) == {
        "TokenNotRefreshed": ringing,
        "FunctionNotInvoked": ringing,
    }


def test_the_watchdog_alone_keeps_everything_quiet():
    assert rung(Life(minutes=480, schedule=False, jitter=early_and_late)) == {}


def test_without_a_watchdog_jitter_alone_makes_the_margin_low():
    life = Life(minutes=240, watchdog=False, jitter=early_and_late)

    assert rung(life, watchdog_min_remaining_seconds=0).keys() == {"TokenMarginLow"}
