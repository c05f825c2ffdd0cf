"""A deployed rotator for tests of the command: the real function in moto's AWS."""

import io
import json
import time
import zipfile
from contextlib import redirect_stdout, suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from fakes.environment import function_environment
from local.idp.identity_provider import IdentityProvider
from local.idp.service_account import ServiceAccount
from tests.support.operated_aws import FakeFunctions, trust
from tests.support.terminal import Terminal
from token_rotator.aws.clients import AwsClients, BotocoreService
from token_rotator.contract import EventField, Trigger
from token_rotator.handler import invoke
from token_rotator.wiring import build
from token_rotator_cli.__main__ import main
from token_rotator_cli.aws.clients import Aws
from token_rotator_cli.clock import Clock

FUNCTION = "stack-MarketingRotatorFunction-1"


PARAMETER = "/intelligence/marketing/access-token"


LOG_GROUP = f"/aws/lambda/{FUNCTION}"


SECOND_WATCHDOG = "watchdog-2"


RULE = "stack-MarketingRotatorTriggersSecretChanged"


PARAMETER_RULE = "stack-MarketingRotatorTriggersParameterChanged"


class OperatedRotator:
    """A healthy rotator: a token is published, its schedules are enabled."""

    def __init__(self, aws: Aws, idp: IdentityProvider, account: ServiceAccount) -> None:
        self.aws, self.idp, self.account = aws, idp, account
        self.while_waiting: list[Any] = []
        """Callables that run while the command waits, one for each pause."""
        secret = aws.secrets.create_secret(Name="stack/marketing", SecretString="first")
        self.secret = secret["ARN"]
        self.version_id = self.store(account.as_downloaded())
        self.key = aws.keys.create_key()["KeyMetadata"]["Arn"]
        self.topic = aws.topics.create_topic(Name="alarms")["TopicArn"]
        self.create_alarm()
        self.environment = function_environment(
            rotator="stack/marketing",
            secret_arn=self.secret,
            parameter_name=PARAMETER,
            key_arn=self.key,
        )
        role = aws.iam.create_role(RoleName="rotator", AssumeRolePolicyDocument=trust("lambda"))
        self._role = role["Role"]["Arn"]
        aws.iam.create_role(RoleName="invoke", AssumeRolePolicyDocument=trust("scheduler"))
        self.function_arn = self.create_function(FUNCTION, self.environment)
        for name, trigger, every in (
            (Trigger.SCHEDULE, Trigger.SCHEDULE, "4 minutes"),
            (Trigger.WATCHDOG, Trigger.WATCHDOG, "1 minute"),
            (SECOND_WATCHDOG, Trigger.WATCHDOG, "1 minute"),
        ):
            sent = json.dumps({EventField.TRIGGER: trigger})
            self.create_schedule(name, f"rate({every})", sends=sent)
        for name, source in ((RULE, "aws.secretsmanager"), (PARAMETER_RULE, "aws.ssm")):
            aws.event_rules.put_rule(Name=name, EventPattern=json.dumps({"source": [source]}))
            aws.event_rules.put_targets(
                Rule=name, Targets=[{"Id": "function", "Arn": self.function_arn}]
            )
        aws.topics.subscribe(TopicArn=self.topic, Protocol="email", Endpoint="ops@example.com")
        aws.logs.create_log_group(logGroupName=LOG_GROUP)
        aws.logs.put_retention_policy(logGroupName=LOG_GROUP, retentionInDays=30)
        aws.logs.create_log_stream(logGroupName=LOG_GROUP, logStreamName="s")
        self.slept = timedelta()
        """By the function."""
        self.waited = timedelta()
        """By the command."""
        self._logs = aws.logs
        """Where Lambda writes, whatever the caller may read."""
        self.start()
        self.functions = FakeFunctions(self)
        vars(aws).update(functions=self.functions)
        self.rotate(trigger=Trigger.SCHEDULE)

    def run(self, command: str, *options: str, stdin: bytes = b"", terminal: bool = False) -> int:
        """``token-rotator``, for the function unless the options name another target."""
        named = {"--stack", "--function", "--config"} & {*options}
        target = () if named else ("--function", FUNCTION)
        return main(
            [command, *target, *options],
            connect=lambda **_: self.aws,
            clock=Clock(now=lambda: datetime.now(UTC) + self.waited, sleep=self._wait),
            stdin=Terminal(io.BytesIO(stdin)) if terminal else io.TextIOWrapper(io.BytesIO(stdin)),
        )

    def start(self, *, secrets: Any = None, parameters: Any = None) -> None:
        """Starts an execution environment of the function with what is in ``environment``.

        The clients are what its role may do. Default: everything.
        """
        self.app = build(
            self.environment,
            aws=AwsClients(
                secrets_manager=BotocoreService(secrets or self.aws.secrets),
                parameter_store=BotocoreService(parameters or self.aws.parameters),
                is_local=True,  # so that the identity provider may be on loopback
            ),
            now=lambda: datetime.now(UTC) + self.slept,
            sleep=self._let_time_pass,
        )

    def rotate(self, **event: object) -> dict[str, object]:
        """Invokes the function and stores its output in the log group, as Lambda does."""
        printed = io.StringIO()
        self.request_id = f"request-{time.monotonic_ns()}"
        try:
            with redirect_stdout(printed):
                return invoke(
                    self.app,
                    event,
                    remaining=timedelta(seconds=50),
                    request_id=self.request_id,
                )
        finally:
            at = int(datetime.now(UTC).timestamp() * 1000)
            self.printed = printed.getvalue()
            lines = self.printed.splitlines()
            with suppress(self._logs.exceptions.ResourceNotFoundException):  # as Lambda
                self._logs.put_log_events(
                    logGroupName=LOG_GROUP,
                    logStreamName="s",
                    logEvents=[{"timestamp": at, "message": line} for line in lines],
                )

    def secret_changed(self) -> None:
        """Invokes the function as the event rule does."""
        self.rotate(trigger=Trigger.SECRET_CHANGED)

    def store(self, value: str | bytes) -> str:
        kind = "SecretString" if isinstance(value, str) else "SecretBinary"
        answer = self.aws.secrets.put_secret_value(SecretId=self.secret, **{kind: value})  # type: ignore[arg-type]
        return str(answer["VersionId"])

    def make_current(self, version: str, *, instead_of: str) -> None:
        self.aws.secrets.update_secret_version_stage(
            SecretId=self.secret,
            VersionStage="AWSCURRENT",
            MoveToVersionId=version,
            RemoveFromVersionId=instead_of,
        )

    def publish(self, value: str) -> None:
        self.aws.parameters.put_parameter(
            Name=PARAMETER, Value=value, Type="SecureString", Overwrite=True
        )

    def published(self) -> dict[str, Any]:
        answer = self.aws.parameters.get_parameter(Name=PARAMETER, WithDecryption=True)
        return dict(answer["Parameter"])

    def create_schedule(
        self, name: str, expression: str, *, sends: str | None, state: Any = "ENABLED"
    ) -> None:
        target: Any = {"Arn": self.function_arn, "RoleArn": "arn:aws:iam::123456789012:role/invoke"}
        self.aws.schedules.create_schedule(
            Name=name,
            ScheduleExpression=expression,
            FlexibleTimeWindow={"Mode": "OFF"},
            State=state,
            Target=target | ({} if sends is None else {"Input": sends}),
        )

    def create_alarm(self, **differently: Any) -> None:
        """The rotator's only alarm, or another version of it."""
        self.aws.cloudwatch.put_metric_alarm(
            **{
                "AlarmName": "stack/marketing/RefreshFailing",
                "AlarmActions": [self.topic],
                "Namespace": "AWS/Lambda",
                "MetricName": "Errors",
                "Statistic": "Sum",
                "Period": 60,
                "EvaluationPeriods": 3,
                "Threshold": 1,
                "ComparisonOperator": "GreaterThanOrEqualToThreshold",
                **differently,
            }
        )

    def configure(self, environment: dict[str, str]) -> None:
        moto = self.functions._moto  # noqa: SLF001
        moto.update_function_configuration(
            FunctionName=FUNCTION, Environment={"Variables": environment}
        )

    def create_function(self, name: str, environment: dict[str, str]) -> str:
        """The ARN of a function that nobody invokes."""
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as bundle:
            bundle.writestr("empty", "")
        created = self.aws.function_list.create_function(
            FunctionName=name,
            Runtime="python3.13",
            Handler="token_rotator.handler.handle",
            Role=self._role,
            Code={"ZipFile": archive.getvalue()},
            Environment={"Variables": environment},
        )
        return created["FunctionArn"]

    def delete_function(self) -> None:
        self.functions._moto.delete_function(FunctionName=FUNCTION)  # noqa: SLF001

    def secrets_in_it(self) -> list[str]:
        """The texts that no output may contain. Every assertion starts with ``eyJ``."""
        key_lines = self.account.private_key_pem.splitlines()[1:-1]
        return ["eyJ", "sentinel", self.published()["Value"], *key_lines]

    def _let_time_pass(self, seconds: float) -> None:
        self.slept += timedelta(seconds=seconds)

    def _wait(self, seconds: float) -> None:
        self.waited += timedelta(seconds=seconds)
        if not self.while_waiting:
            pytest.fail("it waits for more than the test has to offer")
        self.while_waiting.pop(0)()
