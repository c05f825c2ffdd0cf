"""Whose account is asked? The caller's, as boto3 finds credentials, region and endpoint."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Final

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from token_rotator import urls
from token_rotator.contract import FUNCTION_TIMEOUT_SECONDS
from token_rotator_cli.errors import CallerError

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_iam import IAMClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_logs import CloudWatchLogsClient
    from mypy_boto3_scheduler import EventBridgeSchedulerClient
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_ssm import SSMClient

PATIENT: Final = Config(connect_timeout=5, read_timeout=10, retries={"mode": "standard"})
_ONCE: Final = Config(
    connect_timeout=5,
    read_timeout=FUNCTION_TIMEOUT_SECONDS + 10,
    retries={"total_max_attempts": 1, "mode": "standard"},  # each attempt would be a rotation
)


@contextmanager
def calling(action: str) -> Iterator[None]:
    """Turns what boto3 raises into CallerError; ``action`` is what a policy would have to allow."""
    try:
        yield
    except (ClientError, BotoCoreError) as exc:
        # from None: a validation error of botocore's quotes the arguments
        raise CallerError(action, exc) from None


class Aws:
    """The services that a command asks."""

    def __init__(self, *, profile: str | None = None, region: str | None = None) -> None:
        """Raises CallerError for a profile that does not exist."""
        with calling("Reading the AWS configuration"):
            self._session = boto3.Session(profile_name=profile, region_name=region)

    @cached_property
    def cloudformation(self) -> "CloudFormationClient":
        return self._session.client("cloudformation", config=PATIENT)

    @cached_property
    def functions(self) -> "LambdaClient":
        return self._session.client("lambda", config=_ONCE)

    @cached_property
    def iam(self) -> "IAMClient":
        return self._session.client("iam", config=PATIENT)

    @cached_property
    def logs(self) -> "CloudWatchLogsClient":
        return self._session.client("logs", config=PATIENT)

    @cached_property
    def parameters(self) -> "SSMClient":
        return self._session.client("ssm", config=PATIENT)

    @cached_property
    def schedules(self) -> "EventBridgeSchedulerClient":
        return self._session.client("scheduler", config=PATIENT)

    @cached_property
    def secrets(self) -> "SecretsManagerClient":
        return self._session.client("secretsmanager", config=PATIENT)

    @property
    def is_local(self) -> bool:
        """Whether this is a local AWS, which does not emulate everything."""
        return urls.is_loopback(urls.host(self.functions.meta.endpoint_url))
