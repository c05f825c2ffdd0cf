"""The deployed system for the end-to-end tests: stack, identity provider and consumers."""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Self, TypeVar

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.httpsession import URLLib3Session

from local import ROOT
from local.aws.deployment import Deployment, Rotator, deployed_rotators
from local.aws.emulator import LocalAws
from local.followed_log import FollowedLog
from local.idp.identity_provider import IdentityProvider
from local.idp.service_account import ServiceAccount
from local.observation.consumer import Consumer
from local.process import environment
from token_rotator_cli.deployment.rotation_log import LoggedRotation

T = TypeVar("T")

CONFIG: Final = ROOT / "local" / "rotators.toml"


def eventually(poll: Callable[[], T | None], *, what: str, within_seconds: float = 120) -> T:
    """Polls until the result is not None, and returns it."""
    deadline = time.monotonic() + within_seconds
    while time.monotonic() < deadline:
        if (seen := poll()) is not None:
            return seen
        time.sleep(0.1)
    pytest.fail(f"{what}: not within {within_seconds} seconds")


@dataclass(kw_only=True)
class System:
    """A stack in the local AWS with the local identity provider."""

    aws: LocalAws
    idp: IdentityProvider
    stack_name: str
    rotator: Rotator
    outputs: Mapping[str, str]
    account: ServiceAccount
    """The service account whose key the secret holds."""
    entries: list[LoggedRotation] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._log = FollowedLog(self.aws.client("logs"), log_group=self.rotator.log_group)

    @classmethod
    def deploy(cls, aws: LocalAws, idp: IdentityProvider, *, directory: Path) -> Self:
        """Deploys with the real CDK, stores a service account and waits for the first token."""
        deployment = Deployment(aws, config=CONFIG, directory=directory)
        deployment.prepare()
        outputs = deployment.deploy()
        system = cls(
            aws=aws,
            idp=idp,
            stack_name="intelligence-tokens-local",
            rotator=next(deployed_rotators(aws, config=CONFIG, outputs=outputs)),
            outputs=outputs,
            account=idp.new_service_account(),
        )
        system.store(system.account)
        eventually(
            lambda: system.consumer().use().worked or None,
            what="the first token",
        )
        return system

    def store(self, account: ServiceAccount) -> str:
        """Stores the downloaded file as the secret's current version and returns its id."""
        answer = self.aws.client("secretsmanager").put_secret_value(
            SecretId=self.rotator.secret_arn, SecretString=account.as_downloaded()
        )
        self.account = account
        return str(answer["VersionId"])

    def generate(self) -> ServiceAccount:
        """Creates another key for the same client, as Generate/Refresh does."""
        return self.idp.new_service_account(client_id=self.account.client_id)

    def rotation(self, wanted: Callable[[LoggedRotation], bool], *, what: str) -> LoggedRotation:
        """Waits for the next rotation that matches. Earlier ones do not count."""
        self.news()
        start = len(self.entries)

        def next_match() -> LoggedRotation | None:
            self.news()
            return next(filter(wanted, self.entries[start:]), None)

        return eventually(next_match, what=what)

    def settle(self) -> None:
        """Waits until all earlier rotations have ended and one has published since then.

        Lambda runs one invocation at a time, so an accepted invocation starts after the others.
        """
        functions = self.aws.client("lambda")

        def rotates() -> bool | None:
            try:
                answer = functions.invoke(FunctionName=self.rotator.function_name, Payload=b"{}")
            except functions.exceptions.TooManyRequestsException:
                return None
            return True if "FunctionError" not in answer else None

        eventually(rotates, what="a manual rotation")

    def news(self) -> list[LoggedRotation]:
        """The rotations that were logged since the last call."""
        new = self._log.new_rotations()
        self.entries.extend(new)
        return new

    def parameter(self) -> dict[str, Any]:
        """The result of GetParameter, as a consumer gets it."""
        answer = self.aws.client("ssm").get_parameter(
            Name=self.rotator.parameter_name, WithDecryption=True
        )
        found: dict[str, Any] = answer["Parameter"]
        return found

    def parameter_history(self) -> list[dict[str, Any]]:
        """The raw result of GetParameterHistory. botocore cannot parse ministack's policies."""
        request = AWSRequest(
            "POST",
            self.aws.endpoint_url,
            data=json.dumps({"Name": self.rotator.parameter_name, "WithDecryption": True}),
            headers={
                "Content-Type": "application/x-amz-json-1.1",
                "X-Amz-Target": "AmazonSSM.GetParameterHistory",
            },
        )
        everything = Credentials(environment.CREDENTIALS, environment.CREDENTIALS)
        SigV4Auth(everything, "ssm", environment.REGION).add_auth(request)
        trusted: Any = str(self.aws.trusted)  # the type stubs do not accept a path
        answer = URLLib3Session(verify=trusted).send(request.prepare())
        history: list[dict[str, Any]] = json.loads(answer.content)["Parameters"]
        return history

    def resources(self) -> list[dict[str, Any]]:
        """The stack's resources as CloudFormation lists them."""
        answer = self.aws.client("cloudformation").list_stack_resources(StackName=self.stack_name)
        summaries: list[dict[str, Any]] = answer["StackResourceSummaries"]
        return summaries

    def consumer(self) -> Consumer:
        """A consumer that uses boto3."""
        return Consumer(
            self.aws.client("ssm"),
            parameter_name=self.rotator.parameter_name,
            resource=self.idp.api("reports"),
        )

    def logged(self, text: str) -> list[dict[str, Any]]:
        """The function's JSON log lines that contain the text."""
        events = self.aws.client("logs").filter_log_events(logGroupName=self.rotator.log_group)
        lines = (event["message"] for event in events["events"])
        return [json.loads(line) for line in lines if line.startswith("{") and text in line]
