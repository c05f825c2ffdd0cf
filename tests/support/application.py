"""The function with its production wiring, in moto's AWS and with the local identity provider."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from botocore.awsrequest import AWSResponse
from botocore.parsers import create_parser
from urllib3 import HTTPResponse

from fakes.clock import Clock
from local.idp.identity_provider import IdentityProvider
from token_rotator.aws.clients import AwsClients
from token_rotator.handler import invoke
from token_rotator.wiring import Application, build

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_ssm import SSMClient

NAME = "/intelligence/marketing/access-token"


@dataclass(frozen=True, slots=True)
class CannedResponse:
    """An HTTP answer of AWS."""

    status: int
    body: bytes


@dataclass
class Deployed:
    """The application, its clock, its secret, its parameter and its identity provider."""

    clock: Clock
    idp: IdentityProvider
    secrets: "SecretsManagerClient"
    ssm: "SSMClient"
    secret: str
    key: str
    settings: dict[str, str]
    aws: AwsClients = field(init=False)
    app: Application = field(init=False)

    def __post_init__(self) -> None:
        self.restart()

    def restart(self, *, outside: bool = False, **settings: str) -> None:
        """A cold start with additional settings; ``outside``: as if AWS were not on loopback."""
        self.aws = AwsClients.from_environment(now=self.clock.now)
        if outside:
            self.aws = replace(self.aws, is_local=False)
        self.app = build(
            self.settings | settings, aws=self.aws, now=self.clock.now, sleep=self.clock.sleep
        )

    def rotate(self, **event: object) -> dict[str, object]:
        return invoke(self.app, event, remaining=timedelta(seconds=50), request_id="request-1")

    def tap(self, listener: Callable[[str], CannedResponse | None]) -> None:
        """From now on passes each operation's name to the listener, which may answer it.

        By botocore's event before-call: what a handler returns takes the place of the call.
        """

        def called(model: Any, **_: object) -> Any:
            if (answer := listener(model.name)) is None:
                return None
            response = AWSResponse("", answer.status, {}, HTTPResponse(answer.body))  # type: ignore[arg-type]
            read = {"status_code": answer.status, "headers": {}, "body": answer.body}
            return response, create_parser("json").parse(read, model.output_shape)

        for service in (self.aws.secrets_manager, self.aws.parameter_store):
            service.client.meta.events.register("before-call", called)  # type: ignore[attr-defined]

    def breaks(self, operation: str, instead: Callable[[], CannedResponse]) -> None:
        """From now on an AWS operation returns what ``instead`` returns, or raises its error."""
        self.tap(lambda asked: instead() if asked == operation else None)

    def store(self, value: str) -> str:
        """Returns the id of the new version."""
        answer = self.secrets.put_secret_value(SecretId=self.secret, SecretString=value)
        return answer["VersionId"]

    @property
    def value(self) -> str:
        parameter = self.ssm.get_parameter(Name=NAME, WithDecryption=True)["Parameter"]
        return parameter["Value"]
