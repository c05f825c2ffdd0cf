"""The alarms watch metrics that exist, tell the topic, and lead to the runbook."""

import pytest

from tests.support.emitted import Identity, watched
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
    KEY_DAYS_LEFT_REPORTED_BELOW,
    MARGIN_REPORTED_BELOW_SECONDS,
    METRIC_NAMESPACE,
    ROTATOR_DIMENSION,
    Metric,
    Variable,
)
from token_rotator_cdk.constructs.monitoring.alarms import (
    FEW_KEY_DAYS,
    FIRST_KEY_MINUTES,
    LOW_MARGIN_SECONDS,
    max_healthy_minutes_without_publication,
)

OURS = {
    "TokenNotRefreshed": Metric.TOKEN_PUBLISHED,
    "TokenMarginLow": Metric.EXPIRY_MARGIN_SECONDS,
    "PreviousKeyInUse": Metric.PREVIOUS_KEY_USED,
    "KeyExpiringSoon": Metric.KEY_DAYS_LEFT,
}
LAMBDAS = {"RefreshFailing": "Errors", "FunctionNotInvoked": "Invocations"}


def alarms(document):
    found = resources(document, "AWS::CloudWatch::Alarm").values()
    return {alarm["AlarmName"].rpartition("/")[2]: alarm for alarm in found}


@pytest.mark.parametrize(("name", "metric"), LAMBDAS.items())
def test_what_lambda_counts_is_watched_for_this_function(name, metric):
    document = template()

    identity = watched(alarms(document)[name])

    assert (identity.namespace, identity.name) == ("AWS/Lambda", metric)
    function = logical_id(document, "AWS::Lambda::Function")
    assert identity.dimensions == {("FunctionName", f'{{"Ref": "{function}"}}')}


@pytest.mark.parametrize("name", OURS)
def test_an_alarm_watches_what_this_function_calls_itself(name):
    document = template()

    variables = only(document, "AWS::Lambda::Function")["Environment"]["Variables"]
    dimensions = frozenset({(ROTATOR_DIMENSION, variables[Variable.ROTATOR])})
    assert watched(alarms(document)[name]) == Identity(METRIC_NAMESPACE, OURS[name], dimensions)


def test_there_is_an_alarm_for_every_harm_and_no_other():
    assert alarms(template()).keys() == {*LAMBDAS, *OURS}


def test_two_stacks_with_rotators_of_one_name_do_not_feed_each_others_alarm():
    watches = {
        watched(alarm)
        for name in ("tokens", "tokens-test")
        for alarm in alarms(template(a_stack(name=name))).values()
    }

    assert len(watches) == 2 * len(OURS) + len(LAMBDAS)


def test_only_a_profile_whose_keys_expire_is_watched_for_that():
    document = template(a_stack(), a_rotator(identity_provider={"profile": "rfc7523"}))

    assert alarms(document).keys() == {*LAMBDAS, *OURS} - {"KeyExpiringSoon"}


def test_the_function_speaks_of_trouble_before_the_alarm_has_to_know():
    assert FEW_KEY_DAYS < KEY_DAYS_LEFT_REPORTED_BELOW
    assert LOW_MARGIN_SECONDS < MARGIN_REPORTED_BELOW_SECONDS


@pytest.mark.parametrize("interval", [4, 40])
def test_the_warm_up_outlasts_the_silence_that_rings(interval):
    document = template(
        a_stack(), a_rotator(interval_minutes=interval, token_lifetime_seconds=3600)
    )

    for name in ("TokenNotRefreshed", "FunctionNotInvoked"):
        switch = alarms(document)[name]
        warm_up = switch["WarmUpConfiguration"]
        assert warm_up["WarmUpPeriodDurationInMinutes"] >= switch["EvaluationPeriods"]
        assert warm_up["WarmUpPeriodDurationInMinutes"] >= FIRST_KEY_MINUTES


def test_no_other_alarm_is_deaf_while_new():
    loud = alarms(template())
    del loud["TokenNotRefreshed"], loud["FunctionNotInvoked"]

    assert not any("WarmUpConfiguration" in alarm for alarm in loud.values())


def test_every_alarm_tells_the_topic():
    document = template()

    topic = [{"Ref": logical_id(document, "AWS::SNS::Topic")}]
    for alarm in alarms(document).values():
        assert alarm["AlarmActions"] == alarm["OKActions"] == topic


def test_the_switch_allows_for_one_slow_run():
    assert (
        max_healthy_minutes_without_publication(4) == (4 * 60 + 59 + FUNCTION_TIMEOUT_SECONDS) // 60
    )
