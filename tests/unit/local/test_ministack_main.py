"""Changes to ministack: schedules start at once, events wait, other versions are refused."""

# ruff: noqa: SLF001
import asyncio
import importlib
import json
from typing import Any

import pytest

from tests.unit.local.ministack_double import Ministack


@pytest.fixture
def ministack(monkeypatch: pytest.MonkeyPatch) -> Ministack:
    return Ministack(monkeypatch)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"host": "127.0.0.1:4566"}, 200),
        ({"host": "localhost:4566"}, 200),
        ({"host": "127.0.0.1"}, 200),
        ({"host": "127.0.0.1:4566", "origin": "http://127.0.0.1:4566"}, 403),
        ({"host": "127.0.0.1:4566", "origin": "null"}, 403),
        ({"host": "127.0.0.1:4566", "sec-fetch-site": "cross-site"}, 403),
        ({"host": "rebound.example:4566"}, 403),
        ({"host": "127.0.0.1.example:4566"}, 403),
        ({}, 403),
    ],
)
def test_a_request_of_a_web_page_is_refused(
    ministack: Ministack, headers: dict[str, str], status: int
) -> None:
    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    ministack.adapted()
    pairs = [(name.encode(), value.encode()) for name, value in headers.items()]
    asyncio.run(vars(ministack.app)["app"]({"type": "http", "headers": pairs}, None, send))

    assert sent[0]["status"] == status


def test_the_server_itself_may_start_and_stop(ministack: Ministack) -> None:
    sent: list[object] = []

    async def send(message: object) -> None:
        sent.append(message)

    ministack.adapted()
    asyncio.run(vars(ministack.app)["app"]({"type": "lifespan"}, None, send))

    assert sent == [{"status": 200}]


def test_a_new_rate_schedule_is_due_at_once(ministack: Ministack) -> None:
    ministack.schedules["new"] = {"ScheduleExpression": "rate(4 minutes)", "StartDate": None}

    ministack.adapted()._tick_schedules()

    assert ministack.last_fired == {"new": 0.0}
    assert ministack.ticks == 1


def test_other_schedules_are_due_at_their_time(ministack: Ministack) -> None:
    ministack.last_fired["fired"] = 1000.0
    ministack.schedules.update(
        fired={"ScheduleExpression": "rate(4 minutes)"},
        later={"ScheduleExpression": "rate(4 minutes)", "StartDate": 2e9},
        cron={"ScheduleExpression": "cron(0 0 * * ? *)"},
    )

    ministack.adapted()._tick_schedules()

    assert ministack.last_fired == {"fired": 1000.0}


def test_a_schedule_that_is_created_again_counts_as_new(ministack: Ministack) -> None:
    ministack.last_fired["deleted"] = 1000.0

    ministack.adapted()._tick_schedules()

    assert ministack.last_fired == {}


def test_the_scheduler_ticks_every_second_and_can_run_faster(ministack: Ministack) -> None:
    scheduler = ministack.adapted(speedup=24)
    parse: Any = vars(ministack.eventbridge)["_parse_rate_seconds"]

    assert scheduler._SCHEDULE_TICK_INTERVAL == 1
    assert parse("rate(4 minutes)") == 10
    assert parse("cron(0 0 * * ? *)") is None


@pytest.mark.parametrize(("properties", "concurrency"), [({}, None), ({"Reserved": "1"}, 1)])
def test_a_function_has_the_reserved_concurrency_of_its_template(
    ministack: Ministack, properties: dict[str, str], concurrency: int | None
) -> None:
    ministack.adapted()
    handlers: Any = vars(ministack.provisioners)["_RESOURCE_HANDLERS"]
    given = {f"{name}ConcurrentExecutions": value for name, value in properties.items()}

    handlers["AWS::Lambda::Function"]["create"]("rotator", given, "a-stack")
    handlers["AWS::Lambda::Function"]["update"]("changed", {}, given, "a-stack")

    assert ministack.functions["rotator"]["concurrency"] == concurrency
    assert ministack.functions["changed"]["concurrency"] == concurrency


FUNCTION = {
    "config": {
        "FunctionArn": "arn:aws:lambda:eu-west-1:000000000000:function:f",
        "FunctionName": "f",
    }
}


def test_an_event_for_a_busy_function_waits_until_it_is_free(
    ministack: Ministack, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[float] = []
    monkeypatch.setattr("time.sleep", pauses.append)
    ministack.adapted()
    ministack.busy_times = 3
    run: Any = vars(ministack.lambda_svc)["_execute_function_with_config_scope"]

    assert run(FUNCTION, {"trigger": "secret-changed"}) == {"body": "done"}
    assert ministack.runs == [{"trigger": "secret-changed"}]
    assert len(pauses) == 3


@pytest.mark.parametrize(
    ("function", "operation"), [("_put_parameter", "Update"), ("_delete_parameter", "Delete")]
)
def test_a_change_of_a_parameter_is_announced_in_aws_form(
    ministack: Ministack, function: str, operation: str
) -> None:
    ministack.adapted()

    answer = vars(ministack.ssm)[function]({"Name": "/a/token"})

    assert answer == ministack.answer
    (event,) = ministack.announced
    assert (event["Source"], event["DetailType"]) == ("aws.ssm", "Parameter Store Change")
    assert json.loads(event["Detail"]) == {"operation": operation, "name": "/a/token"}


def test_a_refused_change_is_not_announced(ministack: Ministack) -> None:
    ministack.adapted()
    ministack.answer = (400, {}, b"{}")

    vars(ministack.ssm)["_delete_parameter"]({"Name": "/a/token"})

    assert ministack.announced == []


def test_of_equal_events_one_waits(ministack: Ministack, monkeypatch: pytest.MonkeyPatch) -> None:
    """The watchdogs of a busy function would queue up otherwise."""
    ministack.adapted()
    run: Any = vars(ministack.lambda_svc)["_execute_function_with_config_scope"]
    second: list[dict[str, object]] = []

    def another_event(_: float) -> None:
        if not second:
            ministack.busy_times = 1
            second.append(run(FUNCTION, {"trigger": "watchdog"}))

    monkeypatch.setattr("time.sleep", another_event)
    ministack.busy_times = 1

    assert run(FUNCTION, {"trigger": "watchdog"}) == {"body": "done"}
    assert second == [{"throttle": True, "error": True}]
    assert ministack.runs == [{"trigger": "watchdog"}]


def test_an_event_that_is_too_old_is_dropped(
    ministack: Ministack, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [0.0]
    monkeypatch.setattr("time.sleep", lambda _: clock.append(clock[-1] + 20))
    monkeypatch.setattr("time.monotonic", lambda: clock[-1])
    ministack.adapted()
    ministack.busy_times = 100
    run: Any = vars(ministack.lambda_svc)["_execute_function_with_config_scope"]

    assert run(FUNCTION, {})["throttle"]
    assert clock[-1] == 60


def test_an_event_is_dropped_where_no_concurrency_is_left_to_wait_for(ministack: Ministack) -> None:
    ministack.adapted()
    ministack.functions["f"]["concurrency"] = 0
    ministack.busy_times = 100
    run: Any = vars(ministack.lambda_svc)["_execute_function_with_config_scope"]

    assert run(FUNCTION, {})["throttle"]
    assert ministack.busy_times == 99


@pytest.mark.parametrize(("mode", "again"), [("REVERT_DRIFT", True), ("", False)])
def test_a_drift_aware_change_set_applies_what_may_have_drifted_again(
    ministack: Ministack, mode: str, *, again: bool
) -> None:
    kind = sorted(importlib.import_module("local.aws.ministack_main").DRIFT_AWARE_TYPES)[0]
    for logical_id, name in (("Drifting", kind), ("Policy", "AWS::IAM::Policy")):
        ministack.stack["_resources"][logical_id] = {"ResourceType": name, "Properties": {}}
        ministack.stack["_template"]["Resources"][logical_id] = {"Properties": {}}
    ministack.adapted()
    request = {"StackName": "stack", "DeploymentMode": mode}

    vars(ministack.handlers)["_ACTION_HANDLERS"]["CreateChangeSet"](request)

    assert ministack.change_sets == [request]
    known, template = ministack.stack["_resources"], ministack.stack["_template"]["Resources"]
    assert bool(known["Drifting"]["Properties"]) is again
    assert bool(template["Drifting"]["Properties"]) is again
    assert not known["Policy"]["Properties"]


def test_an_alarm_on_an_expression_is_stored_as_an_alarm_on_its_metric(
    ministack: Ministack,
) -> None:
    metric = {"Namespace": "N", "MetricName": "M", "Dimensions": []}
    queries = [
        {"Id": "e", "Expression": "FILL(m, 0)"},
        {"Id": "m", "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Sum"}},
    ]
    ministack.adapted()
    keep: Any = vars(ministack.provisioners)["_cw_metric_alarm_record"]

    kept = keep("alarm", {"Threshold": 1, "Metrics": queries})["alarm"]

    assert not kept.pop("Metrics")
    assert kept == {"Threshold": 1, "Period": 60, "Statistic": "Sum", **metric}
    assert keep("plain", metric) == {"plain": metric}


@pytest.mark.parametrize(
    ("service", "arn", "asked"),
    [
        ("logs", "arn:aws:logs:r:1:log-group:/a", "arn:aws:logs:r:1:log-group:/a:*"),
        ("logs", "*", "*"),
        ("events", "arn:aws:events:r:1:rule/default/a", "arn:aws:events:r:1:rule/a"),
        ("ssm", "arn:aws:ssm:r:1:parameter/rule", "arn:aws:ssm:r:1:parameter/rule"),
    ],
)
def test_iam_is_asked_for_a_resource_by_awss_name(
    ministack: Ministack, service: str, arn: str, asked: str
) -> None:
    ministack.adapted()

    assert vars(ministack.iam_actions)["extract_resource_arn"](service, arn) == asked


@pytest.mark.parametrize(
    ("method", "action"),
    [("GET", "GetFunctionConcurrency"), ("PUT", "PutFunctionConcurrency")],
)
def test_reading_a_concurrency_is_not_writing_it(
    ministack: Ministack, method: str, action: str
) -> None:
    ministack.adapted()
    named = vars(ministack.iam_actions)["_lambda_action"]

    assert named(method, "PutFunctionConcurrency") == action
    assert named("GET", "InvokeFunction") == "InvokeFunction"


def test_another_version_of_ministack_is_refused_before_it_starts(ministack: Ministack) -> None:
    del vars(ministack.scheduler)["_tick_schedules"]

    with pytest.raises(SystemExit, match=r"lacks ministack\.services\.scheduler\._tick_schedules"):
        ministack.adapted()
