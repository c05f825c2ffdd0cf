"""boto3 clients with the caller's credentials, region and endpoint."""

import os
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import boto3
from botocore.config import Config
from botocore.exceptions import NoRegionError

from token_rotator import urls
from token_rotator.contract import FUNCTION_TIMEOUT_SECONDS
from token_rotator_cli.aws.calls import calling

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_iam import IAMClient
    from mypy_boto3_kms import KMSClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_logs import CloudWatchLogsClient
    from mypy_boto3_scheduler import EventBridgeSchedulerClient
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_ssm import SSMClient

_WITH_RETRIES: Final = Config(connect_timeout=5, read_timeout=10, retries={"mode": "standard"})
_SHORT_TIMEOUTS: Final = Config(
    connect_timeout=3, read_timeout=5, retries={"total_max_attempts": 2, "mode": "standard"}
)
"""Short timeouts for STS, which some networks cannot reach."""
_NO_RETRIES: Final = Config(
    connect_timeout=5,
    read_timeout=FUNCTION_TIMEOUT_SECONDS + 10,
    retries={"total_max_attempts": 1, "mode": "standard"},  # a retry would be another rotation
)


class Aws:
    """Clients of the services that the commands call, created on first use."""

    def __init__(self, *, profile: str | None = None, region: str | None = None) -> None:
        """Raises CallerError for a profile that does not exist."""
        # boto3 reads only AWS_DEFAULT_REGION; the AWS CLI and other SDKs also read AWS_REGION
        region = region or os.environ.get("AWS_REGION")
        with calling("Reading the AWS configuration"):
            self._session = boto3.Session(profile_name=profile, region_name=region)

    @cached_property
    def account(self) -> str:
        """The account of the caller's credentials. Raises CallerError.

        This STS call requires no permissions:
        https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
        """
        with calling("sts:GetCallerIdentity"):
            caller = self._session.client("sts", config=_SHORT_TIMEOUTS).get_caller_identity()
        return str(caller["Account"])

    @cached_property
    def cloudformation(self) -> "CloudFormationClient":
        return self._session.client("cloudformation", config=_WITH_RETRIES)

    @cached_property
    def cloudwatch(self) -> "CloudWatchClient":
        return self._session.client("cloudwatch", config=_WITH_RETRIES)

    @cached_property
    def event_rules(self) -> "EventBridgeClient":
        return self._session.client("events", config=_WITH_RETRIES)

    @cached_property
    def functions(self) -> "LambdaClient":
        return self._session.client("lambda", config=_NO_RETRIES)

    @cached_property
    def function_list(self) -> "LambdaClient":
        """The Lambda client for calls that may be retried."""
        return self._session.client("lambda", config=_WITH_RETRIES)

    @cached_property
    def iam(self) -> "IAMClient":
        return self._session.client("iam", config=_WITH_RETRIES)

    @cached_property
    def keys(self) -> "KMSClient":
        return self._session.client("kms", config=_WITH_RETRIES)

    @cached_property
    def logs(self) -> "CloudWatchLogsClient":
        return self._session.client("logs", config=_WITH_RETRIES)

    @cached_property
    def network(self) -> Any:
        """EC2's client."""
        return self._session.client("ec2", config=_WITH_RETRIES)

    @cached_property
    def parameters(self) -> "SSMClient":
        return self._session.client("ssm", config=_WITH_RETRIES)

    @cached_property
    def quotas(self) -> Any:
        return self._session.client("service-quotas", config=_WITH_RETRIES)

    @cached_property
    def schedules(self) -> "EventBridgeSchedulerClient":
        return self._session.client("scheduler", config=_WITH_RETRIES)

    @cached_property
    def secrets(self) -> "SecretsManagerClient":
        return self._session.client("secretsmanager", config=_WITH_RETRIES)

    @cached_property
    def topics(self) -> "SNSClient":
        return self._session.client("sns", config=_WITH_RETRIES)

    @cached_property
    def trails(self) -> Any:
        """CloudTrail's client."""
        return self._session.client("cloudtrail", config=_WITH_RETRIES)

    @property
    def region(self) -> str:
        """The region of the requests. Raises CallerError if none is set."""
        with calling("Reading the AWS configuration"):
            if self._session.region_name is None:
                raise NoRegionError
        return self._session.region_name

    def has_service(self, service: str) -> bool:
        """Whether botocore knows an endpoint of the service in the region."""
        partition = self._session.get_partition_for_region(self.region)
        known = self._session.get_available_regions(service, partition_name=partition)
        return self.region in known

    def assuming(self, role_arn: str) -> "Aws":
        """AWS with the credentials of a role. Raises CallerError."""
        with calling("sts:AssumeRole"):
            credentials = self._session.client("sts", config=_WITH_RETRIES).assume_role(
                RoleArn=role_arn, RoleSessionName="token-rotator-preflight"
            )["Credentials"]
        assumed = Aws(region=self.region)
        assumed._session = boto3.Session(
            aws_access_key_id=credentials["AccessKeyId"],
            aws_secret_access_key=credentials["SecretAccessKey"],
            aws_session_token=credentials["SessionToken"],
            region_name=self.region,
        )
        return assumed

    @property
    def is_local(self) -> bool:
        """Whether this is the local AWS emulator, which does not support everything."""
        return urls.is_loopback(urls.host(self.functions.meta.endpoint_url))
