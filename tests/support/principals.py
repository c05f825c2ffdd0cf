"""Clients of the local AWS that have assumed a role, for tests of its permissions."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from local.aws.emulator import LocalAws
from local.process.environment import ACCOUNT


@dataclass(frozen=True, slots=True, kw_only=True)
class Clients:
    """A role that was assumed."""

    aws: LocalAws
    access_key: str
    secret_key: str
    session_token: str

    def __call__(self, service: str) -> Any:
        """A client that signs as the principal."""
        return self.aws.new_client(
            service,
            access_key=self.access_key,
            secret_key=self.secret_key,
            session_token=self.session_token,
        )

    def environment(self) -> dict[str, str]:
        """Variables with which a program calls AWS as the principal."""
        return {
            **self.aws.client_environment(),
            "AWS_ACCESS_KEY_ID": self.access_key,
            "AWS_SECRET_ACCESS_KEY": self.secret_key,
            "AWS_SESSION_TOKEN": self.session_token,
        }


def is_refused(call: Callable[[], object]) -> bool:
    """Whether IAM denies the call. With any other answer or error, IAM has allowed it."""
    try:
        call()
    except ClientError as error:
        return error.response["Error"]["Code"] in {"AccessDenied", "AccessDeniedException"}
    return False


def assume(aws: LocalAws, role_arn: str, *, caller: str | None = None) -> Clients:
    """Assumes the role from the account ``caller`` (default: the rotator's). Raises ClientError."""
    sts = aws.new_client("sts", access_key=caller) if caller else aws.client("sts")
    given = sts.assume_role(RoleArn=role_arn, RoleSessionName="test")["Credentials"]
    return Clients(
        aws=aws,
        access_key=given["AccessKeyId"],
        secret_key=given["SecretAccessKey"],
        session_token=given["SessionToken"],
    )


def assume_as_a_service(aws: LocalAws, role_arn: str) -> Clients:
    """Assumes a role that trusts a service, by making it trust this account for a moment."""
    iam, name = aws.client("iam"), role_arn.rpartition("/")[2]
    trust = iam.get_role(RoleName=name)["Role"]["AssumeRolePolicyDocument"]
    iam.update_assume_role_policy(RoleName=name, PolicyDocument=_TRUST_US)
    try:
        return assume(aws, role_arn)
    finally:
        iam.update_assume_role_policy(RoleName=name, PolicyDocument=json.dumps(trust))


def workload(aws: LocalAws, name: str, *, policy_arn: str) -> Clients:
    """Assumes a new role that has one managed policy and no other permissions."""
    return assume(aws, role_with(aws, name, policy_arn=policy_arn))


def role_with(aws: LocalAws, name: str, *, policy_arn: str) -> str:
    """The ARN of a new role that has one managed policy and no other permissions."""
    iam = aws.client("iam")
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=_TRUST_US)["Role"]
    iam.attach_role_policy(RoleName=name, PolicyArn=policy_arn)
    return str(role["Arn"])


def shell_of(aws: LocalAws, role_arn: str) -> dict[str, str]:
    """The variables of a shell that has assumed the role."""
    return assume(aws, role_arn).environment()


_TRUST_US = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"}
        ],
    }
)
