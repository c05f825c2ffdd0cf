"""Who is told when the token is in danger, and how soon?"""

import random

import pytest

from infra.alarms import longest_healthy_silence_minutes
from tests.support.infra_templates import (
    a_rotator,
    a_stack,
    logical_id,
    only,
    resources,
    template,
)
from token_rotator.contract import (
    FUNCTION_TIMEOUT_SECONDS,
    METRIC_NAMESPACE,
    ROTATOR_DIMENSION,
    Metric,
    Variable,
)


def alarm(document, harm):
    (found,) = (
        alarm
        for alarm in resources(document, "AWS::CloudWatch::Alarm").values()
        if alarm["AlarmName"].endswith(f"/{harm}")
    )
    return found


def test_one_failed_rotation_in_a_minute_rings():
    document = template()

    failing = alarm(document, "RefreshFailing")
    assert (failing["Namespace"], failing["MetricName"]) == ("AWS/Lambda", "Errors")
    function = {"Ref": logical_id(document, "AWS::Lambda::Function")}
    assert failing["Dimensions"] == [{"Name": "FunctionName", "Value": function}]
    assert failing["ComparisonOperator"] == "GreaterThanOrEqualToThreshold"
    assert (failing["Threshold"], failing["Period"], failing["EvaluationPeriods"]) == (1, 60, 1)
    assert (failing["Statistic"], failing["TreatMissingData"]) == ("Sum", "notBreaching")


def test_the_dead_mans_switch_watches_what_this_function_publishes():
    document = template()

    silent = alarm(document, "TokenNotRefreshed")
    assert (silent["Namespace"], silent["MetricName"]) == (METRIC_NAMESPACE, Metric.TOKEN_PUBLISHED)
    variables = only(document, "AWS::Lambda::Function")["Environment"]["Variables"]
    dimension = {"Name": ROTATOR_DIMENSION, "Value": variables[Variable.ROTATOR]}
    assert silent["Dimensions"] == [dimension]
    assert (silent["ComparisonOperator"], silent["Threshold"]) == ("LessThanThreshold", 1)
    assert (silent["Statistic"], silent["TreatMissingData"]) == ("Sum", "breaching")


def test_two_stacks_with_rotators_of_one_name_do_not_feed_each_others_alarm():
    dimensions = [
        alarm(template(a_stack(name=name)), "TokenNotRefreshed")["Dimensions"]
        for name in ("tokens", "tokens-test")
    ]

    assert dimensions[0] != dimensions[1]


def test_the_dead_mans_switch_is_quiet_while_the_stack_is_new():
    silent = alarm(template(), "TokenNotRefreshed")

    warm_up = silent["WarmUpConfiguration"]["WarmUpPeriodDurationInMinutes"]
    assert warm_up == silent["EvaluationPeriods"]


@pytest.mark.parametrize("interval", [1, 4, 9, 55])
def test_the_dead_mans_switch_is_quiet_while_healthy_and_rings_soon_after_the_last_token(interval):
    dice = random.Random(4)
    document = template(
        a_stack(), a_rotator(interval_minutes=interval, watchdog_min_remaining_seconds=0)
    )
    silent = alarm(document, "TokenNotRefreshed")
    required, window = silent["DatapointsToAlarm"], silent["EvaluationPeriods"]

    # the slowest healthy life: each firing up to 59 s late, each run up to the time-out
    published = [
        run * interval * 60 + dice.uniform(0, 59) + dice.uniform(0, FUNCTION_TIMEOUT_SECONDS)
        for run in range(5000)
    ]
    # and its worst moments: early and late in turn
    published += [
        offset + run * interval * 60 + (run % 2) * (59 + FUNCTION_TIMEOUT_SECONDS - 1)
        for offset in (5001 * interval * 60, 10100 * interval * 60 + 1)
        for run in range(5000)
    ]
    full = {int(moment // 60) for moment in published[:5000]}
    assert not rings(full, required, window, minutes=range(window, max(full)))
    for start in (5000, 10000):
        full = {int(moment // 60) for moment in published[start : start + 5000]}
        first = min(full)
        assert not rings(full, required, window, minutes=range(first + window, max(full)))
    # a token in the first second of minute 0, then nothing: known at the end of a minute
    rings_after = next(m + 1 for m in range(10**4) if rings({0}, required, window, minutes=[m]))
    assert rings_after <= interval + 4


def rings(full, required, window, *, minutes):
    """Whether M of the N minutes up to one of ``minutes`` are empty; before 0, none is."""
    return any(
        sum(m >= 0 and m not in full for m in range(minute - window + 1, minute + 1)) >= required
        for minute in minutes
    )


def test_every_alarm_tells_the_topic_and_says_where_to_look():
    document = template()

    topic = [{"Ref": logical_id(document, "AWS::SNS::Topic")}]
    for found in resources(document, "AWS::CloudWatch::Alarm").values():
        harm = found["AlarmName"].rsplit("/", 1)[1]
        assert found["AlarmActions"] == found["OKActions"] == topic
        assert found["AlarmDescription"].endswith(f"See docs/runbook.md#{harm.lower()}")


def test_the_switch_allows_for_one_slow_run():
    assert longest_healthy_silence_minutes(4) == (4 * 60 + 59 + FUNCTION_TIMEOUT_SECONDS) // 60
