"""A hardened bootstrap stack, and CI that has the policy of examples/pipelines and nothing else.

It is on a local AWS of its own. That one checks the permissions of whoever calls it, and reaches
its services without their APIs: what CloudFormation needs for itself is not shown here, but in
tests/audit/test_deploying_roles.py.
"""

import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest

from local import ROOT
from local.aws.deployment import Deployment, DeploymentFailed
from local.aws.emulator import LocalAws
from local.idp.identity_provider import IdentityProvider
from local.process import environment
from tests.e2e.test_operating import COMMAND
from tests.support.recorded_calls import by_caller

QUALIFIER: Final = "hardened"
POLICY: Final = ROOT / "examples" / "pipelines" / "deploying-role.json"
CONFIG: Final = f"""\
[stack]
name = "through-a-qualifier"

[stack.bootstrap]
qualifier = "{QUALIFIER}"

[rotators.marketing]
parameter_name = "/hardened/access-token"
"""
OPTIONS: Final = (
    *("--qualifier", QUALIFIER, "--toolkit-stack-name", "PlatformToolkit"),
    # of no effect in the local AWS; without it, bootstrap attaches AdministratorAccess
    *("--cloudformation-execution-policies", "arn:aws:iam::aws:policy/ReadOnlyAccess"),
)


@dataclass(frozen=True, kw_only=True)
class Account:
    """A bootstrapped account."""

    aws: LocalAws
    directory: Path
    config: Path

    def as_ci(self, name: str, policy: dict[str, Any]) -> dict[str, str]:
        """Credentials of a new role that has one policy, as variables."""
        iam = self.aws.client("iam")
        trust = {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"AWS": environment.ACCOUNT},
                    "Action": "sts:AssumeRole",
                }
            ],
        }
        role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))["Role"]
        iam.put_role_policy(RoleName=name, PolicyName="deploy", PolicyDocument=json.dumps(policy))
        given = self.aws.client("sts").assume_role(RoleArn=role["Arn"], RoleSessionName="ci")
        return {
            "AWS_ACCESS_KEY_ID": given["Credentials"]["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": given["Credentials"]["SecretAccessKey"],
            "AWS_SESSION_TOKEN": given["Credentials"]["SessionToken"],
        }

    def deployment(self, variables: dict[str, str]) -> Deployment:
        return Deployment(
            self.aws, config=self.config, directory=self.directory, variables=variables
        )


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    directory = tmp_path_factory.mktemp("hardened")
    config = directory / "rotators.toml"
    config.write_text(CONFIG)
    with LocalAws(directory=directory / "aws", record_calls=True, enforce_iam=True) as aws:
        Deployment(aws, config=config, directory=directory / "cdk", bootstrap=OPTIONS).prepare()
        yield Account(aws=aws, directory=directory / "cdk", config=config)


def policy() -> dict[str, Any]:
    """The example's, for this account and this qualifier."""
    text = POLICY.read_text(encoding="utf-8")
    document: dict[str, Any] = json.loads(
        text.replace("111122223333", environment.ACCOUNT).replace("hnb659fds", QUALIFIER)
    )
    return document


def roles() -> set[str]:
    """The roles that the policy lets CI assume."""
    (statement,) = (one for one in policy()["Statement"] if one["Action"] == "sts:AssumeRole")
    return set(statement["Resource"])


def reads() -> set[str]:
    """The actions that the policy allows besides."""
    return {
        action
        for statement in policy()["Statement"]
        for named in [statement["Action"]]
        for action in ([named] if isinstance(named, str) else named)
    } - {"sts:AssumeRole"}


def test_ci_deploys_with_exactly_what_its_policy_allows(
    account: Account, idp: IdentityProvider
) -> None:
    ci = account.as_ci("ci", policy())
    deployment = account.deployment(ci)

    compared = subprocess.run(
        [COMMAND, "preflight", "--config", account.config, "--json"],
        env={**account.aws.client_environment(), **ci},
        capture_output=True,
        text=True,
        check=False,
    )
    outputs = deployment.deploy()
    account.aws.client("secretsmanager").put_secret_value(
        SecretId=outputs["MarketingSecretArn"],
        SecretString=idp.new_service_account().as_downloaded(),
    )
    answer = account.aws.client("lambda").invoke(
        FunctionName=outputs["MarketingFunctionName"], Payload=b"{}"
    )
    outcome = json.loads(answer["Payload"].read())
    deployment.diff()
    deployment.destroy()

    assert compared.returncode == 0, compared.stdout
    refused = [
        row for row in json.loads(compared.stdout)["steps"] if "AccessDenied" in row["message"]
    ]
    assert refused == []
    assert outcome["outcome"] in ("published", "kept", "superseded"), outcome
    asked = list(by_caller(account.aws.client("cloudtrail"), ci["AWS_ACCESS_KEY_ID"]))
    assert {one.about for one in asked if one.action == "sts:AssumeRole"} == roles()
    # needs no permission
    # https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
    free = {"sts:AssumeRole", "sts:GetCallerIdentity"}
    assert {one.action for one in asked} - free <= reads()


@pytest.mark.parametrize("role", ["deploy-role", "file-publishing-role"])
def test_without_a_role_the_deployment_ends_and_says_which(account: Account, role: str) -> None:
    less = policy()
    roles = less["Statement"][0]["Resource"]
    less["Statement"][0]["Resource"] = [one for one in roles if role not in one]

    with pytest.raises(DeploymentFailed) as failed:
        account.deployment(account.as_ci(f"without-{role}", less)).deploy()

    name = f"cdk-{QUALIFIER}-{role}-{environment.ACCOUNT}-{environment.REGION}"
    arn = f"arn:aws:iam::{environment.ACCOUNT}:role/{name}"
    assert f"current credentials could not be used to assume '{arn}'" in str(failed.value)


def test_the_default_bootstrap_stack_is_not_there(account: Account) -> None:
    buckets = account.aws.client("s3").list_buckets()["Buckets"]
    stacks = account.aws.client("cloudformation").list_stacks()["StackSummaries"]

    assert [one["Name"] for one in buckets] == [
        f"cdk-{QUALIFIER}-assets-{environment.ACCOUNT}-{environment.REGION}"
    ]
    assert "CDKToolkit" not in {one["StackName"] for one in stacks}
