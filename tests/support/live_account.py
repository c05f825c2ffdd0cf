"""An AWS account with a deployed rotator in memory, for tests of the live check."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from fakes.environment import function_environment
from fakes.parameter_store import FakeParameterStore
from tests.support.iam_simulator import FakeSimulator
from tests.support.live_cloudwatch import TOPIC, FakeCloudWatch, Pages
from tests.support.preflight_services import FakeNetwork
from token_rotator.aws.clients import BotocoreService
from token_rotator.contract import EventField, ReportField, Trigger, ValueFormat
from token_rotator.parameter.publication import ParameterStore
from token_rotator.parameter.record import Record
from token_rotator_cli.__main__ import main
from token_rotator_cli.aws.clients import Aws
from token_rotator_cli.clock import Clock

ACCOUNT = "111122223333"
KEY = f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/0000-1111"
SECRET = f"arn:aws:secretsmanager:eu-west-1:{ACCOUNT}:secret:tokens/marketing-AbCdEf"
PARAMETER = "/marketing/token"
FUNCTION = f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:tokens-MarketingFunction-1"
LOG_GROUP = "tokens-MarketingLog-1"
RULE, SECRET_CHANGED = "tokens-MarketingSecretAccess-1", "tokens-MarketingSecretChanged-1"
TRAIL = f"arn:aws:cloudtrail:eu-west-1:{ACCOUNT}:trail/everything"
MAILER = f"arn:aws:iam::{ACCOUNT}:role/mailer"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/rotator"
SCHEDULER = f"arn:aws:iam::{ACCOUNT}:role/scheduler"
STACK_ID = f"arn:aws:cloudformation:eu-west-1:{ACCOUNT}:stack/tokens/1"
READER = f"arn:aws:iam::{ACCOUNT}:policy/reader"
ALARMS = ("FunctionNotInvoked", "RefreshFailing", "TokenMarginLow", "TokenNotRefreshed")

SCAN = timedelta(minutes=7)
"""How often this Parameter Store deletes expired parameters. AWS does not document its interval."""


class LiveAccount:
    """A healthy deployment: an hour of rotations, the latest one minute ago."""

    def __init__(self) -> None:
        self.time = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
        self.in_each_pause: Callable[[], object] = lambda: None
        self.scans = True
        self.reserved: int | None = 1
        self.subscribed = ["arn:aws:sns:eu-west-1:111122223333:tokens-alarms:one"]
        self.events: list[tuple[int, str]] = []
        self.store = FakeParameterStore(now=self.now)
        self.cloudwatch = FakeCloudWatch(now=self.now)
        self.simulator = _simulator()
        self.rules = FakeRules()
        self.alerts = True
        """Whether the stack has alerts about who else reads the secret."""
        self.records = True
        """Whether the trail is logging."""
        self.network = FakeNetwork()
        self.says: dict[str, Any] = {}
        """What Lambda says of the function, besides or instead."""
        self._next_scan = self.time + SCAN
        self._runs = 0
        for name in ALARMS:
            self.cloudwatch.add(f"tokens/marketing/{name}")
        self.cloudwatch.sums = {
            ("TokenRotator", "TokenPublished"): 14,
            ("AWS/SNS", "NumberOfNotificationsDelivered"): 2,
        }
        for minutes in range(57, 0, -4):
            self.rotates(self.time - timedelta(minutes=minutes))
        for minutes in range(57, 0, -1):
            self.keeps(self.time - timedelta(minutes=minutes, seconds=-20))

    # What happened

    def rotates(
        self, at: datetime, *, trigger: str = Trigger.SCHEDULE, version: int | None = None
    ) -> None:
        """A token is published."""
        issued_at = at.replace(microsecond=0)
        record = Record(
            access_token="eyJ-token",
            issued_at=issued_at,
            expires_at=issued_at + timedelta(seconds=300),
        )
        now, self.time = self.time, at
        written = ParameterStore(
            BotocoreService(self.store),
            parameter_name=PARAMETER,
            key_arn=KEY,
            value_format=ValueFormat.RECORD,
            token_lifetime=timedelta(seconds=300),
            expiration_grace=timedelta(minutes=5),
            tags={},
        ).publish(record)
        self.time = now
        self.runs(
            at,
            trigger=trigger,
            outcome="published",
            parameter_version=version or written.version,
            expires_at=record.expires_at.isoformat(),
        )

    def keeps(self, at: datetime) -> None:
        """A watchdog keeps the token, because it is still valid long enough."""
        self.runs(at, trigger=Trigger.WATCHDOG, outcome="kept")

    def runs(self, at: datetime, *, seconds: float = 0.5, **line: object) -> None:
        """The function runs, and Lambda logs the invocation in its JSON format."""
        self._runs += 1
        request = f"request-{self._runs}"
        end = at + timedelta(seconds=seconds)
        for moment, text in (
            (at, {"type": "platform.start", "record": {"requestId": request}}),
            (end, {ReportField.MESSAGE: "rotation", ReportField.REQUEST_ID: request, **line}),
            (end, {"_aws": {"Timestamp": 1}}),
            (end, _report(request, seconds)),
        ):
            self.events.append((int(moment.timestamp() * 1000), json.dumps(text)))

    def forget(self, *, since: datetime) -> None:
        """Removes the log events since that moment."""
        self.events = [e for e in self.events if e[0] < since.timestamp() * 1000]

    # The clock

    def now(self) -> datetime:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)
        self.cloudwatch.time_passed()
        if self.scans and self.time >= self._next_scan:
            self._next_scan += SCAN
            self.store.scan()
        self.in_each_pause()

    # The check

    def check(self, *options: str, instead: dict[str, object] | None = None) -> int:
        aws = Aws(region="eu-west-1")
        vars(aws).update(self.clients() | (instead or {}))
        return main(
            ["live-check", "--stack", "tokens", *options],
            connect=lambda **_: aws,
            clock=Clock(now=self.now, sleep=self.sleep),
        )

    def clients(self) -> dict[str, object]:
        store = self.store
        return {
            "cloudformation": SimpleNamespace(
                describe_stacks=lambda **_: {
                    "Stacks": [{"StackId": STACK_ID, "Outputs": _outputs()}]
                },
                get_paginator=lambda _: Pages(
                    lambda StackName: {"StackResourceSummaries": _owned(alerts=self.alerts)}
                ),
            ),
            "event_rules": self.rules,
            "trails": SimpleNamespace(
                describe_trails=lambda includeShadowTrails: {"trailList": [{"TrailARN": TRAIL}]},
                get_trail_status=lambda Name: {"IsLogging": self.records},
            ),
            "network": self.network,
            "functions": SimpleNamespace(
                meta=SimpleNamespace(endpoint_url="https://lambda.eu-west-1.amazonaws.com"),
                get_function_configuration=lambda **_: _configuration() | self.says,
                get_function_concurrency=lambda **_: (
                    {} if self.reserved is None else {"ReservedConcurrentExecutions": self.reserved}
                ),
            ),
            "logs": SimpleNamespace(get_paginator=lambda _: Pages(self._filter)),
            "schedules": SimpleNamespace(
                get_paginator=lambda _: Pages(lambda: {"Schedules": [*map(_listed, _SCHEDULES)]}),
                get_schedule=lambda Name, GroupName: _schedule(Name),
            ),
            "parameters": _WithPages(store),
            "cloudwatch": self.cloudwatch,
            "topics": SimpleNamespace(get_paginator=lambda _: Pages(self._subscriptions)),
            "iam": self.simulator,
            "account": ACCOUNT,
        }

    def _filter(self, *, logGroupName: str, startTime: int) -> dict[str, Any]:
        events = [{"timestamp": at, "message": m} for at, m in self.events if at >= startTime]
        return {"events": events}

    def _subscriptions(self, *, TopicArn: str) -> dict[str, Any]:
        assert TopicArn == TOPIC
        return {"Subscriptions": [{"SubscriptionArn": arn} for arn in self.subscribed]}


class FakeRules:
    """EventBridge: the stack's rules, one of which tells who else reads the secret."""

    def __init__(self) -> None:
        self.state = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"
        self.target = TOPIC

    def describe_rule(self, Name: str) -> dict[str, Any]:
        asked = {"requestParameters": {"secretId": [SECRET]}} if Name == RULE else {}
        return {"Name": Name, "State": self.state, "EventPattern": json.dumps({"detail": asked})}

    def list_targets_by_rule(self, Rule: str) -> dict[str, Any]:
        assert Rule == RULE
        return {"Targets": [{"Arn": self.target, "RoleArn": MAILER}]}


class _WithPages:
    def __init__(self, store: FakeParameterStore) -> None:
        self._store = store

    def get_paginator(self, operation: str) -> Pages:
        return Pages(getattr(self._store, operation))

    def __getattr__(self, operation: str) -> Any:
        return getattr(self._store, operation)


def _simulator() -> FakeSimulator:
    """A simulator with the policies that the template has. tests/audit checks those."""
    parameter = f"arn:aws:ssm:eu-west-1:{ACCOUNT}:parameter{PARAMETER}"
    for_parameter = {"StringEquals": {"kms:EncryptionContext:PARAMETER_ARN": parameter}}
    return FakeSimulator(
        of_roles={
            ROLE: [
                _allow(["secretsmanager:GetSecretValue"], SECRET),
                _allow(
                    ["ssm:AddTagsToResource", "ssm:GetParameter", "ssm:PutParameter"], parameter
                ),
                {**_allow(["kms:Decrypt", "kms:GenerateDataKey"], KEY), "Condition": for_parameter},
            ],
            SCHEDULER: [_allow(["lambda:InvokeFunction"], FUNCTION)],
        },
        managed={
            READER: [
                _allow(["ssm:GetParameter"], parameter),
                {**_allow(["kms:Decrypt"], KEY), "Condition": for_parameter},
            ]
        },
    )


def _allow(actions: list[str], resource: str) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": actions, "Resource": resource}


_SCHEDULES = {
    "schedule": ("rate(4 minutes)", Trigger.SCHEDULE),
    "watchdog": ("rate(1 minute)", Trigger.WATCHDOG),
}


def _listed(name: str) -> dict[str, Any]:
    return {"Name": name, "GroupName": "default", "Target": {"Arn": FUNCTION}}


def _schedule(name: str) -> dict[str, Any]:
    expression, trigger = _SCHEDULES[name]
    return {
        "Name": name,
        "ScheduleExpression": expression,
        "State": "ENABLED",
        "Target": {"RoleArn": SCHEDULER, "Input": json.dumps({EventField.TRIGGER: trigger})},
    }


def _outputs() -> list[dict[str, str]]:
    values = {
        "AlarmTopicArn": TOPIC,
        "MarketingFunctionName": FUNCTION.rpartition(":")[2],
        "MarketingReaderPolicyArn": READER,
    }
    return [{"OutputKey": key, "OutputValue": value} for key, value in values.items()]


def _owned(*, alerts: bool) -> list[dict[str, str]]:
    owned = {
        "AWS::CloudWatch::Alarm": [f"tokens/marketing/{name}" for name in ALARMS],
        "AWS::Events::Rule": [SECRET_CHANGED, *([RULE] if alerts else [])],
    }
    return [
        {
            "ResourceType": kind,
            "LogicalResourceId": "Logical",
            "PhysicalResourceId": one,
            "ResourceStatus": "CREATE_COMPLETE",
        }
        for kind, names in owned.items()
        for one in names
    ]


def _configuration() -> dict[str, Any]:
    return {
        "FunctionArn": FUNCTION,
        "FunctionName": FUNCTION.rpartition(":")[2],
        "Role": ROLE,
        "LoggingConfig": {"LogGroup": LOG_GROUP},
        "Environment": {
            "Variables": function_environment(
                secret_arn=SECRET, parameter_name=PARAMETER, key_arn=KEY
            )
        },
    }


def _report(request: str, seconds: float) -> dict[str, Any]:
    metrics = {"durationMs": seconds * 1000}
    return {"type": "platform.report", "record": {"requestId": request, "metrics": metrics}}
