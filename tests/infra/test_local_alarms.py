"""The template's alarms ring in `make run` by what the function's log says."""

from datetime import datetime, timedelta

import pytest

from local.alarms.alarms import AlarmPeriod, Alarms
from local.alarms.log_metrics import ERRORS, INVOCATIONS, REPORTED_WITHIN, LogMetrics
from local.followed_log import FollowedLog
from tests.support.infra_templates import template
from tests.support.watching import NOW, FunctionLog
from token_rotator.contract import METRIC_NAMESPACE, Metric

MINUTE = timedelta(minutes=1)


def alarms(function: FunctionLog) -> Alarms:
    log = FollowedLog(function, log_group="/group")
    return Alarms(template(), metrics=LogMetrics(log), deployed_at=NOW)


def alarm_periods(watched: Alarms, now: datetime) -> set[str]:
    return {
        name
        for name, times in watched.alarm_periods(now).items()
        if times and times[-1].ends is None
    }


def test_lambdas_metrics_are_dated_by_the_start_and_a_crash_is_an_error() -> None:
    function = FunctionLog()
    function.invoked(NOW, "kept", seconds=2)
    function.invoked(NOW, "failed", seconds=40)
    function.invoked(NOW, None)
    function.published(NOW, ExpiryMarginSeconds=12.5)
    metrics = LogMetrics(FollowedLog(function, log_group="/group"))

    samples = list(metrics.new_samples(NOW + 2 * REPORTED_WITHIN))

    now = NOW.timestamp()
    told = {
        metric: [(at - now, value) for found, at, value in samples if found == metric]
        for metric, _, _ in samples
    }
    assert told == {
        INVOCATIONS: [(-2, 1), (-40, 1), (0, 1), (0, 1)],
        ERRORS: [(-2, 0), (-40, 1), (0, 1), (0, 0)],
        (METRIC_NAMESPACE, Metric.TOKEN_PUBLISHED): [(0, 1)],
        (METRIC_NAMESPACE, Metric.EXPIRY_MARGIN_SECONDS): [(0, 12.5)],
    }
    assert list(metrics.new_samples(NOW + 3 * REPORTED_WITHIN)) == []


def test_a_rotation_that_is_logged_after_its_invocation_has_not_failed() -> None:
    function = FunctionLog()
    metrics = LogMetrics(FollowedLog(function, log_group="/group"))
    function.invoked(NOW, None)
    before = [sample.metric for sample in metrics.new_samples(NOW)]
    late = NOW + timedelta(seconds=1)
    function.log(late, "b", outcome="kept", function_request_id="request-0")

    after = list(metrics.new_samples(late))

    assert before == [INVOCATIONS]
    assert after == [(ERRORS, NOW.timestamp(), False)]
    assert list(metrics.new_samples(NOW + MINUTE)) == []


def test_no_alarm_rings_in_the_first_hour_of_a_rotator_that_works() -> None:
    function = FunctionLog()
    watched = alarms(function)

    for minute in range(60):
        at = NOW + minute * MINUTE
        function.invoked(at, "kept")
        if minute % 4 == 0:
            function.published(at)
        assert not alarm_periods(watched, at + timedelta(seconds=30))

    assert watched.alarm_periods(NOW + 60 * MINUTE).keys() == watched.meanings.keys()
    assert not any(watched.alarm_periods(NOW + 60 * MINUTE).values())


def test_a_failed_rotation_rings_from_the_next_minute_on_for_three_minutes() -> None:
    function = FunctionLog()
    watched = alarms(function)
    function.published(NOW)
    function.failed(NOW + timedelta(seconds=70))
    for minute in range(2, 8):
        function.invoked(NOW + minute * MINUTE, "kept")

    rings = [alarm_periods(watched, NOW + minute * MINUTE) for minute in range(7)]

    assert rings == [set(), set(), *[{"RefreshFailing"}] * 3, set(), set()]
    assert watched.alarm_periods(NOW + 6 * MINUTE)["RefreshFailing"] == (
        AlarmPeriod(begins=NOW + 2 * MINUTE, ends=NOW + 5 * MINUTE),
    )


def test_no_alarm_rings_while_the_first_token_is_awaited() -> None:
    watched = alarms(FunctionLog())

    assert [alarm_periods(watched, NOW + minute * MINUTE) for minute in range(3)] == [set()] * 3


@pytest.mark.parametrize(
    ("alarm", "after_minutes"), [("FunctionNotInvoked", 3), ("TokenNotRefreshed", 7)]
)
def test_silence_rings_although_the_stack_is_new(alarm: str, after_minutes: int) -> None:
    function = FunctionLog()
    watched = alarms(function)
    function.published(NOW)  # in the minute of the deployment, and nothing afterwards

    rings = [alarm in alarm_periods(watched, NOW + minute * MINUTE) for minute in range(10)]

    first = after_minutes + 1
    assert rings == [False] * first + [True] * (10 - first)


def test_a_previous_key_in_use_and_a_low_margin_ring() -> None:
    function = FunctionLog()
    watched = alarms(function)
    function.published(NOW, PreviousKeyUsed=1, ExpiryMarginSeconds=-3)

    assert alarm_periods(watched, NOW + MINUTE) == {"PreviousKeyInUse", "TokenMarginLow"}


def test_a_line_that_becomes_readable_late_still_counts() -> None:
    function = FunctionLog()
    watched = alarms(function)

    before = alarm_periods(watched, NOW + MINUTE)
    function.failed(NOW + timedelta(seconds=58))

    assert before == set()
    assert alarm_periods(watched, NOW + MINUTE) == {"RefreshFailing"}


def test_each_alarm_says_what_it_means_and_not_what_to_do() -> None:
    for means in alarms(FunctionLog()).meanings.values():
        assert means.endswith(".")
        assert "`" not in means
