"""The function with its production wiring, in moto's AWS and with the local identity provider."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from fakes.clock import Clock
from local.idp.identity_provider import IdentityProvider
from token_rotator.handler import invoke
from token_rotator.identity_provider.transport import HttpResponse, Transport
from token_rotator.wiring import Application, build

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_ssm import SSMClient

NAME = "/intelligence/marketing/access-token"


@dataclass(frozen=True, slots=True)
class Tapped:
    """A transport that lets a listener answer requests to AWS, and forwards the others."""

    carries: Transport
    listener: Callable[[str], HttpResponse | None]

    def send(
        self, method: str, url: str, *, headers: Any, body: Any, deadline: datetime
    ) -> HttpResponse:
        _, _, operation = headers["X-Amz-Target"].rpartition(".")
        return self.listener(operation) or self.carries.send(
            method, url, headers=headers, body=body, deadline=deadline
        )


@dataclass
class Deployed:
    """The application, its clock, its secret, its parameter and its identity provider."""

    app: Application
    clock: Clock
    idp: IdentityProvider
    secrets: "SecretsManagerClient"
    ssm: "SSMClient"
    secret: str
    key: str
    environment: dict[str, str] = field(repr=False)
    """Left out of the repr: it holds credentials, and pytest prints it with a failing test."""

    def restart(self, **environment: str) -> None:
        """A cold start with additional environment variables."""
        self.app = build(self.environment | environment, now=self.clock.now, sleep=self.clock.sleep)

    def restart_outside(self, aws: str) -> None:
        """A cold start with another AWS endpoint URL. Calls to AWS still go the way they went."""
        before = self.app.rotation
        self.restart(AWS_ENDPOINT_URL=aws)
        reached = replace(
            self.app.rotation, credentials=before.credentials, publication=before.publication
        )
        self.app = replace(self.app, rotation=reached)

    def rotate(self, **event: object) -> dict[str, object]:
        return invoke(self.app, event, remaining=timedelta(seconds=50), request_id="request-1")

    def tap(self, listener: Callable[[str], HttpResponse | None]) -> None:
        """From now on passes each operation's name to the listener, which may answer it."""
        for store in (self.app.rotation.credentials, self.app.rotation.publication):
            aws = vars(store)["_aws"]
            tapped: Any = Tapped(aws.transport, listener)
            vars(store)["_aws"] = replace(aws, transport=tapped)

    def breaks(self, operation: str, instead: Callable[[], HttpResponse]) -> None:
        """From now on an AWS operation returns what ``instead`` returns, or raises its error."""
        self.tap(lambda asked: instead() if asked == operation else None)

    def store(self, value: str) -> None:
        self.secrets.put_secret_value(SecretId=self.secret, SecretString=value)

    @property
    def value(self) -> str:
        parameter = self.ssm.get_parameter(Name=NAME, WithDecryption=True)["Parameter"]
        return parameter["Value"]
