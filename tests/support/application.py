"""The function as it is wired for production, with what surrounds it in reach of a test."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from local.identity_provider import IdentityProvider
from tests.support.clock import Clock
from token_rotator.handler import invoke
from token_rotator.wiring import AWS_ENDPOINT, Application, build

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_ssm import SSMClient

NAME = "/intelligence/marketing/access-token"
LOCAL = "http://127.0.0.1:4566"
"""Where a local AWS would be: then the stand-in may be on loopback. boto3 is moto's."""


@dataclass
class Deployed:
    """The application and its surroundings."""

    app: Application
    clock: Clock
    idp: IdentityProvider
    secrets: "SecretsManagerClient"
    ssm: "SSMClient"
    secret: str
    key: str
    environment: dict[str, str]

    def restart(self, *, aws: str = LOCAL) -> None:
        """A cold start, beside the AWS at that address."""
        environment = self.environment | {AWS_ENDPOINT: aws}
        self.app = build(environment, now=self.clock.now, sleep=self.clock.sleep)

    def rotate(self, **event: object) -> dict[str, object]:
        return invoke(self.app, event, remaining=timedelta(seconds=50), request_id="request-1")

    def breaks(self, part: str, call: str, error: Callable[[], Exception]) -> None:
        """From now on a call of AWS ends with an error; ``part`` is the rotation's that calls."""
        client = vars(getattr(self.app.rotation, part))["_client"]

        def fail(**_: object) -> None:
            raise error()

        client.meta.events.register(f"before-call.*.{call}", fail)

    def store(self, value: str) -> None:
        self.secrets.put_secret_value(SecretId=self.secret, SecretString=value)

    @property
    def value(self) -> str:
        parameter = self.ssm.get_parameter(Name=NAME, WithDecryption=True)["Parameter"]
        return parameter["Value"]
