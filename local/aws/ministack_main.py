"""Starts ministack with schedules and events like AWS's. Runs on ministack's interpreter.

The differences to `python -m ministack`, all in private names of the pinned version:

- due schedules are checked every second instead of every ten seconds
- a rate schedule without a start date runs at once, as on AWS, and not after the first interval
- for tests, SCHEDULE_SPEEDUP=12 runs schedules twelve times as often
- a function has the reserved concurrency of its template, which ministack ignores
- writing or deleting a parameter emits the event "Parameter Store Change"
- an event for a busy function waits, as in Lambda's queue, instead of being dropped
- an alarm on an expression is stored as an alarm on its metric instead of being refused. The
  rotator's alarms are not evaluated in either case, because ministack ignores embedded metrics
- the address and the NAT gateway of a VPC are accepted, not made: functions run outside of the VPC
- a drift-aware change set puts back what was changed or deleted by hand
- a request of a web page is refused, or every site in a browser could call the local AWS
- IAM is asked for a log group, a rule of the default bus and a function's concurrency by the names
  that AWS has for them
"""

# ruff: noqa: SLF001
import json
import os
import sys
import threading
import time
import uuid
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from ministack import app  # type: ignore[import-not-found]  # in another virtual environment
from ministack.core import iam_actions  # type: ignore[import-not-found]
from ministack.services import (  # type: ignore[import-not-found]
    eventbridge,
    lambda_svc,
    scheduler,
    ssm,
)
from ministack.services.cloudformation import (  # type: ignore[import-not-found]
    handlers,
    provisioners,
)

REQUIRED = (
    (app, "app"),
    (scheduler, "_SCHEDULE_TICK_INTERVAL"),
    (scheduler, "_tick_schedules"),
    (scheduler, "_schedule_last_fired"),
    (scheduler, "_schedules"),
    (eventbridge, "_parse_rate_seconds"),
    (eventbridge, "_dispatch_event"),
    (ssm, "_put_parameter"),
    (ssm, "_delete_parameter"),
    (lambda_svc, "_execute_function_with_config_scope"),
    (lambda_svc, "_functions"),
    (provisioners, "_RESOURCE_HANDLERS"),
    (provisioners, "_cw_metric_alarm_record"),
    (handlers, "_ACTION_HANDLERS"),
    (handlers, "_p"),
    (handlers, "_resolve_stack"),
    (iam_actions, "extract_resource_arn"),
    (iam_actions, "_lambda_action"),
)
DRIFT_AWARE_TYPES = frozenset(
    f"AWS::{kind}"
    for kind in (
        *("CloudWatch::Alarm", "Events::Rule", "IAM::Role", "Lambda::Function"),
        *("Logs::LogGroup", "Scheduler::Schedule"),
    )
)
"""What the tests change or delete by hand."""
BROWSER_HEADERS = {b"origin", b"sec-fetch-site"}
HOSTS = (b"127.0.0.1", b"localhost")
EVENT_SECONDS = 60
"""The deployed functions' maximum age of an event."""


def adapt(speedup: float) -> None:
    """Replaces functions of ministack's scheduler, Lambda and CloudFormation."""
    missing = [
        f"{module.__name__}.{name}" for module, name in REQUIRED if not hasattr(module, name)
    ]
    if missing:
        sys.exit(f"This ministack is not the pinned version: it lacks {', '.join(missing)}.")
    adapt_scheduler(speedup)
    adapt_functions()
    adapt_events()
    adapt_parameters()
    adapt_alarms()
    adapt_networks()
    adapt_change_sets()
    adapt_iam()
    adapt_server()


def adapt_server() -> None:
    """Refuses what a browser sends for a web page. No SDK sends these headers.

    Ministack itself answers every origin, does not verify signatures, and runs functions as
    processes. A page whose name resolves to 127.0.0.1 shows itself by its Host (DNS rebinding).
    https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html
    """
    serve = app.app

    async def reject_browsers(scope: dict[str, Any], receive: Any, send: Any) -> None:
        headers = dict(scope.get("headers", ()))
        host = headers.get(b"host", b"").partition(b":")[0]
        is_start = scope["type"] == "lifespan"
        if is_start or (host in HOSTS and not headers.keys() & BROWSER_HEADERS):
            await serve(scope, receive, send)
            return
        await send({"type": "http.response.start", "status": HTTPStatus.FORBIDDEN, "headers": []})
        await send({"type": "http.response.body"})

    app.app = reject_browsers


def adapt_scheduler(speedup: float) -> None:
    """Runs rate schedules at once, on time, and more often."""
    tick = scheduler._tick_schedules
    parse_rate = eventbridge._parse_rate_seconds
    last_fired = scheduler._schedule_last_fired

    def tick_like_aws() -> None:
        schedules = dict(scheduler._schedules._data)
        for gone in last_fired.keys() - schedules.keys():
            del last_fired[gone]
        for key, schedule in schedules.items():
            if parse_rate(schedule["ScheduleExpression"]) and not schedule.get("StartDate"):
                last_fired.setdefault(key, 0.0)
        tick()

    def parse_rate_faster(expression: str) -> float | None:
        seconds = parse_rate(expression)
        return None if seconds is None else float(seconds) / speedup

    scheduler._SCHEDULE_TICK_INTERVAL = 1
    scheduler._tick_schedules = tick_like_aws
    eventbridge._parse_rate_seconds = parse_rate_faster


def adapt_functions() -> None:
    """Gives each function the reserved concurrency of its template."""
    function_handlers = provisioners._RESOURCE_HANDLERS["AWS::Lambda::Function"]
    create, update = function_handlers["create"], function_handlers["update"]

    def create_with_concurrency(logical_id: str, properties: dict[str, Any], stack: str) -> Any:
        return reserve(create(logical_id, properties, stack), properties)

    def update_with_concurrency(
        name: str, before: dict[str, Any], properties: dict[str, Any], *rest: str
    ) -> Any:
        return reserve(update(name, before, properties, *rest), properties)

    def reserve(function: Any, properties: dict[str, Any]) -> Any:
        reserved = properties.get("ReservedConcurrentExecutions")
        stored = lambda_svc._functions[function[0]]
        stored["concurrency"] = None if reserved is None else int(reserved)
        return function

    function_handlers.update(create=create_with_concurrency, update=update_with_concurrency)


def adapt_events() -> None:
    """Retries an event for a busy function until it is too old. Of equal events, one waits.

    Lambda's queue keeps throttled events in the same way, unless 0 is reserved for the function:
    https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
    """
    run = lambda_svc._execute_function_with_config_scope
    waiting: set[str] = set()
    lock = threading.Lock()

    def run_when_free(function: dict[str, Any], event: Any) -> Any:
        result = run(function, event)
        identity = json.dumps([function["config"]["FunctionArn"], event])
        with lock:
            is_disabled = (
                lambda_svc._functions[function["config"]["FunctionName"]]["concurrency"] == 0
            )
            if not result.get("throttle") or is_disabled or identity in waiting:
                return result
            waiting.add(identity)
        until = time.monotonic() + EVENT_SECONDS
        try:
            while result.get("throttle") and time.monotonic() < until:
                time.sleep(0.1)
                result = run(function, event)
        finally:
            waiting.discard(identity)
        return result

    lambda_svc._execute_function_with_config_scope = run_when_free


def adapt_parameters() -> None:
    """Emits an event after each write and deletion, in the form that AWS documents.

    https://docs.aws.amazon.com/systems-manager/latest/userguide/monitoring-systems-manager-event-examples.html
    """
    for function, operation in (("_put_parameter", "Update"), ("_delete_parameter", "Delete")):
        setattr(ssm, function, _with_event(getattr(ssm, function), operation))


def _with_event(change: Callable[[Any], Any], operation: str) -> Callable[[Any], Any]:
    def changed(data: dict[str, Any]) -> Any:
        answer = change(data)
        if answer[0] == HTTPStatus.OK:
            event = {
                "EventId": str(uuid.uuid4()),
                "Source": "aws.ssm",
                "DetailType": "Parameter Store Change",
                "Detail": json.dumps({"operation": operation, "name": data["Name"]}),
                "EventBusName": "default",
                "Time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            }
            eventbridge._dispatch_event(event)
        return answer

    return changed


def adapt_alarms() -> None:
    """Stores an alarm on an expression as an alarm on its metric."""
    alarm_on_a_metric = provisioners._cw_metric_alarm_record

    def alarm(name: str, properties: dict[str, Any]) -> object:
        queries = [
            query["MetricStat"]
            for query in properties.get("Metrics") or []
            if "MetricStat" in query
        ]
        for query in queries:
            properties = {
                **properties,
                **query["Metric"],
                "Period": query["Period"],
                "Statistic": query["Stat"],
                "Metrics": None,
            }
        return alarm_on_a_metric(name, properties)

    provisioners._cw_metric_alarm_record = alarm


def adapt_networks() -> None:
    """Accepts the address and the NAT gateway of a VPC."""

    def stub(attribute: str) -> dict[str, Any]:
        def create(logical_id: str, _: dict[str, Any], stack: str) -> tuple[str, dict[str, str]]:
            name = f"{stack}-{logical_id}"
            return name, {attribute: name}

        return {"create": create, "delete": lambda *_: None}

    provisioners._RESOURCE_HANDLERS["AWS::EC2::EIP"] = stub("AllocationId")
    provisioners._RESOURCE_HANDLERS["AWS::EC2::NatGateway"] = stub("NatGatewayId")


def adapt_change_sets() -> None:
    """Applies the template again to all that has drifted, if the change set is drift-aware.

    Ministack compares templates only. Here, the record of each resource gets a property that no
    template has: then ministack updates the resource, or creates it if it is gone.
    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/drift-aware-change-sets.html
    """
    create = handlers._ACTION_HANDLERS["CreateChangeSet"]

    def create_drift_aware(request: dict[str, Any]) -> Any:
        if handlers._p(request, "DeploymentMode") == "REVERT_DRIFT":
            stack = handlers._resolve_stack(handlers._p(request, "StackName"))
            for logical_id, resource in stack["_resources"].items():
                if resource["ResourceType"] in DRIFT_AWARE_TYPES:
                    resource["Properties"]["Drift"] = "unknown"
                    stack["_template"]["Resources"][logical_id]["Properties"]["Drift"] = "unknown"
        return create(request)

    handlers._ACTION_HANDLERS["CreateChangeSet"] = create_drift_aware


def adapt_iam() -> None:
    """Names resources and actions as AWS does.

    https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatchlogs.html
    https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoneventbridge.html
    """
    resource_of, lambda_action = iam_actions.extract_resource_arn, iam_actions._lambda_action

    def resource(service: str, *request: Any) -> str:
        arn = str(resource_of(service, *request))
        if service == "logs" and ":log-group:" in arn:
            return f"{arn}:*"
        return arn.replace(":rule/default/", ":rule/") if service == "events" else arn

    def action(method: str, path: str) -> str | None:
        found: str | None = lambda_action(method, path)
        concurrency = "PutFunctionConcurrency"
        return "GetFunctionConcurrency" if (found, method) == (concurrency, "GET") else found

    iam_actions.extract_resource_arn = resource
    iam_actions._lambda_action = action


if __name__ == "__main__":
    adapt(float(os.environ.get("SCHEDULE_SPEEDUP", "1")))
    app.main()
