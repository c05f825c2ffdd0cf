"""An AwsService on boto3's clients or fakes of them, and the variables that Lambda sets."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from botocore import xform_name
from botocore.exceptions import BotoCoreError, ClientError

from token_rotator.aws.service import AwsRefused, AwsUnavailable, is_transient
from token_rotator.rotation import Rotation

LAMBDAS_OWN: Final = {
    "AWS_REGION": "eu-west-1",
    "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "sentinel-secret-key-0123456789",
    "AWS_SESSION_TOKEN": "sentinel-session-token-0123456789",
    "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13",
}
"""Variables that Lambda sets for every function."""


@dataclass(frozen=True, slots=True)
class Through:
    """An AwsService that calls the methods of a boto3 client."""

    client: Any

    def call(
        self,
        operation: str,
        parameters: Mapping[str, object],
        *,
        required_member: str | None = None,
    ) -> Mapping[str, Any]:
        try:
            answer = getattr(self.client, xform_name(operation))(**parameters)
        except ClientError as exc:
            code = exc.response["Error"]["Code"]
            status = exc.response["ResponseMetadata"]["HTTPStatusCode"]
            raise (AwsUnavailable if is_transient(code, status) else AwsRefused)(code) from exc
        except BotoCoreError as exc:  # the fakes raise only those that mean "no answer"
            raise AwsUnavailable(type(exc).__name__) from exc
        return _on_the_wire(answer)


def reach_through(rotation: Rotation, *, secrets: Any, parameters: Any) -> None:
    """Makes the rotation call AWS through these clients."""
    vars(rotation.credentials)["_aws"] = Through(secrets)
    vars(rotation.publication)["_aws"] = Through(parameters)


def _on_the_wire(answer: Mapping[str, Any]) -> dict[str, Any]:
    """Turns datetimes back into seconds since 1970, as AWS sends them; boto3 has parsed them."""
    return {name: _member(value) for name, value in answer.items()}


def _member(value: Any) -> Any:
    if isinstance(value, dict):
        return _on_the_wire(value)
    return value.timestamp() if isinstance(value, datetime) else value
