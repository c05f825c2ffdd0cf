"""An AWS account that a deployment goes to, in memory, for tests of the preflight."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fakes.aws_service import refusal
from fakes.environment import function_environment
from fakes.parameter_store import FakeParameterStore
from fakes.secrets_manager import ARN as SECRET
from fakes.secrets_manager import FakeSecretsManager
from tests.support.live_cloudwatch import FakeCloudWatch, Pages
from tests.support.preflight_services import (
    ACCOUNT,
    KEY,
    REGION,
    FakeEventRules,
    FakeIam,
    FakeKeys,
    FakeLambda,
    FakeNetwork,
    FakeQuotas,
    FakeStacks,
    FakeTopics,
)
from token_rotator_cdk.config.rules.aws import ROTATOR_TAG
from token_rotator_cli.__main__ import main
from token_rotator_cli.aws.clients import Aws
from token_rotator_cli.errors import CallerError

PARAMETER = "/marketing/token"
ROTATOR = "tokens/marketing"
VERSION = "/cdk-bootstrap/hnb659fds/version"
FUNCTION = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:rotator"

PREFIXES = {
    "cloudformation": "cloudformation",
    "cloudwatch": "cloudwatch",
    "event_rules": "events",
    "function_list": "lambda",
    "functions": "lambda",
    "iam": "iam",
    "keys": "kms",
    "network": "ec2",
    "parameters": "ssm",
    "quotas": "servicequotas",
    "secrets": "secretsmanager",
    "topics": "sns",
}
"""The prefixes of IAM actions, by the names of the clients."""


class Recorded:
    """A client whose calls are recorded by their IAM actions, and may be answered otherwise."""

    def __init__(self, name: str, fake: object, account: "PreflightAccount") -> None:
        self._name, self._fake, self._account = name, fake, account

    @property
    def meta(self) -> Any:
        return self._fake.meta  # type: ignore[attr-defined]

    def get_paginator(self, operation: str) -> Pages:
        return Pages(getattr(self, operation))

    def __getattr__(self, operation: str) -> Callable[..., dict[str, Any]]:
        words = [part.capitalize() for part in operation.split("_")]
        action = f"{PREFIXES[self._name]}:{''.join(words)}"

        def call(**given: Any) -> dict[str, Any]:
            self._account.calls.append(action)
            if (instead := self._account.instead.get(action)) is not None:
                return dict(instead())
            return getattr(self._fake, operation)(**given)  # type: ignore[no-any-return]

        return call


class PreflightAccount:
    """An account that is ready for a first deployment of the stack ``tokens``."""

    def __init__(self) -> None:
        self.number = ACCOUNT
        self.region = REGION
        self.lacks: set[str] = set()
        """Services that botocore does not know in the region."""
        self.calls: list[str] = []
        """The IAM actions."""
        self.instead: dict[str, Callable[[], Any]] = {}
        """What an action does instead of answering."""
        self.may_assume: dict[str, PreflightAccount] = {}
        self.parameters = FakeParameterStore(now=self.now)
        self.secrets = FakeSecretsManager(now=self.now)
        self.functions = FakeLambda()
        self.iam = FakeIam()
        self.keys = FakeKeys()
        self.topics = FakeTopics()
        self.network = FakeNetwork()
        self.event_rules = FakeEventRules()
        self.quotas = FakeQuotas()
        self.cloudwatch = FakeCloudWatch(now=self.now)
        self.cloudformation = FakeStacks()
        self.parameters.put_foreign(VERSION, "32")

    def now(self) -> datetime:
        return datetime(2026, 11, 24, 12, tzinfo=UTC)

    # What was there before

    def deploy(self, **differently: str) -> None:
        """The stack is deployed, and its rotator writes the parameter."""
        self.functions.functions[FUNCTION] = {
            **function_environment(
                rotator=ROTATOR, secret_arn=SECRET, parameter_name=PARAMETER, key_arn=KEY
            ),
            **differently,
        }
        self.functions.reserved[FUNCTION] = 1
        self.secrets.put("{}")
        self.publish()
        owned: Mapping[str, Sequence[str]] = {
            "AWS::SecretsManager::Secret": [SECRET],
            "AWS::KMS::Key": [KEY],
            "AWS::Lambda::Function": ["rotator"],
            "AWS::IAM::Role": ["role-1", "role-2"],
            "AWS::IAM::ManagedPolicy": ["policy", "operator-policy"],
            "AWS::Events::Rule": ["rule"],
            "AWS::CloudWatch::Alarm": [f"alarm-{number}" for number in range(5)],
        }
        self.cloudformation.stacks["tokens"] = [
            {
                "ResourceType": kind,
                "LogicalResourceId": "Logical",
                "PhysicalResourceId": one,
                "ResourceStatus": "CREATE_COMPLETE",
            }
            for kind, ids in owned.items()
            for one in ids
        ]

    def publish(self, *, tags: Mapping[str, str] | None = None) -> None:
        """A SecureString is in the parameter; by default as a rotator leaves it."""
        kept = {ROTATOR_TAG: ROTATOR} if tags is None else tags
        self.parameters.put_parameter(
            Name=PARAMETER,
            Value="x",
            Type="SecureString",
            KeyId=KEY,
            Tags=[{"Key": key, "Value": value} for key, value in kept.items()],
        )

    def refuse(self, action: str) -> None:
        """The caller is not allowed the action."""

        def denied() -> None:
            raise refusal("AccessDeniedException", action)

        self.instead[action] = denied

    # The command

    def aws(self) -> Aws:
        aws = Aws(region=self.region)
        fakes = {
            **{name: getattr(self, name) for name in PREFIXES if name != "function_list"},
            "function_list": self.functions,
        }
        clients = {name: Recorded(name, fake, self) for name, fake in fakes.items()}
        vars(aws).update(
            clients, account=self.number, has_service=self._has_service, assuming=self._assuming
        )
        return aws

    def preflight(self, file: Path, *options: str) -> int:
        return main(["preflight", "--config", str(file), *options], connect=lambda **_: self.aws())

    def _has_service(self, service: str) -> bool:
        return service not in self.lacks

    def _assuming(self, role: str) -> Aws:
        self.calls.append("sts:AssumeRole")
        if role not in self.may_assume:
            raise CallerError("sts:AssumeRole", code="AccessDenied", fix="")
        return self.may_assume[role].aws()


def steps_of(table: str) -> dict[str, tuple[str, str]]:
    """Result and message of each row of the command's text."""
    rows = re.findall(r"(?m)^(warning|WRONG|unknown) +([a-z_]+) +(.*)$", table)
    return {step: (result, message) for result, step, message in rows}
