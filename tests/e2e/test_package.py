"""What `token-rotator package` writes, deployed with plain S3 and CloudFormation calls.

The account is on a local AWS of its own, because no CDK may have bootstrapped it. That one runs
functions on its own interpreter: its bucket gets this machine's zip file of the function, under the
key that the template names.
"""

import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest

from local.aws.emulator import LocalAws
from local.idp.identity_provider import IdentityProvider
from local.observation.consumer import Consumer
from local.process import environment
from tests.e2e.conftest import SPEEDUP
from tests.e2e.test_operating import COMMAND
from tests.support.offline import offline
from tests.support.principals import workload
from token_rotator_cdk.bundle.build import function_bundle
from token_rotator_cdk.bundle.targets import THIS_MACHINE

BUCKET: Final = "acme-artifacts-of-this-account"
EMAIL: Final = "ops@example.com"
PREFIX: Final = "token-rotator/"
STACK: Final = "StackSet-tokens-1a2b3c"
"""Whoever deploys chooses the name, not the file."""
CONSUMER: Final = "consumer"
PARAMETER: Final = "/packaged/access-token"
CONFIG: Final = f"""\
[stack]
name = "tokens"
log_key = true
reader_layer = true

[rotators.marketing]
parameter_name = "{PARAMETER}"
"""


@dataclass(frozen=True, kw_only=True)
class Deployed:
    """A package that somebody without the CDK has deployed."""

    aws: LocalAws
    directory: Path
    """Without a configuration file."""
    package: Path
    preflight: list[dict[str, Any]]
    """What its steps said before the deployment."""
    outputs: dict[str, str]

    def run(self, *arguments: str | Path) -> str:
        """What the command prints."""
        return run(*arguments, directory=self.directory, **self.aws.client_environment())


def run(*arguments: str | Path, directory: Path, **variables: str) -> str:
    done = subprocess.run(
        [COMMAND, *arguments],
        cwd=directory,
        env={**offline(directory), "no_proxy": "127.0.0.1", **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def upload(aws: LocalAws, directory: Path, written: dict[str, Any]) -> str:
    """Copies the files into the bucket, and returns the template's address."""
    s3 = aws.client("s3")
    s3.create_bucket(
        Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": environment.REGION}
    )
    template = (directory / written["stacks"][0]["template"]).read_bytes()
    (function,) = (
        one["Properties"]["Code"]["S3Key"]
        for one in json.loads(template)["Resources"].values()
        if one["Type"] == "AWS::Lambda::Function"
    )
    for one in written["zip_files"]:
        of_lambda = directory / one["file"]
        file = function_bundle(THIS_MACHINE).file if one["key"] == function else of_lambda
        s3.put_object(Bucket=BUCKET, Key=one["key"], Body=file.read_bytes())
    key = f"{PREFIX}tokens.template.json"
    s3.put_object(Bucket=BUCKET, Key=key, Body=template)
    return f"{aws.endpoint_url}/{BUCKET}/{key}"


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    directory = tmp_path_factory.mktemp("packaged")
    (directory / "rotators.toml").write_text(CONFIG)
    written = json.loads(
        run(
            *("package", "--bucket", "acme-artifacts", "--prefix", PREFIX, "--json"),
            directory=directory,
        )
    )
    package = directory / "package"
    with LocalAws(directory=directory / "aws", schedule_speedup=SPEEDUP, enforce_iam=True) as aws:
        url = upload(aws, directory, written)
        compared = run(
            *("preflight", "--app", package, "--json"),
            directory=directory / "aws",
            **aws.client_environment(),
        )
        given = {"AssetsBucketName": BUCKET, "AlarmEmail": EMAIL}
        cloudformation = aws.client("cloudformation")
        cloudformation.create_stack(
            StackName=STACK,
            TemplateURL=url,
            Capabilities=[written["stacks"][0]["capability"]],
            Parameters=[
                {"ParameterKey": name, "ParameterValue": value} for name, value in given.items()
            ],
        )
        cloudformation.get_waiter("stack_create_complete").wait(
            StackName=STACK, WaiterConfig={"Delay": 1}
        )
        (stack,) = cloudformation.describe_stacks(StackName=STACK)["Stacks"]
        yield Deployed(
            aws=aws,
            directory=directory / "aws",
            package=package,
            preflight=json.loads(compared)["steps"],
            outputs={one["OutputKey"]: one["OutputValue"] for one in stack["Outputs"]},
        )


@pytest.fixture
def consumer(deployed: Deployed, idp: IdentityProvider) -> Consumer:
    """With a role that has the reader policy, and nothing else."""
    policy = deployed.outputs["MarketingReaderPolicyArn"]
    ssm = workload(deployed.aws, CONSUMER, policy_arn=policy)("ssm")
    return Consumer(ssm, parameter_name=PARAMETER, resource=idp.api("reports"))


def test_a_consumer_uses_a_token_of_a_key_that_an_operator_has_stored_without_the_file(
    deployed: Deployed, consumer: Consumer, idp: IdentityProvider
) -> None:
    downloaded = deployed.package.parent / "downloaded.txt"
    downloaded.write_text(idp.new_service_account().as_downloaded())

    stored = deployed.run("upload", downloaded, "--stack", STACK)
    checked = deployed.run("check", "--function", deployed.outputs["MarketingFunctionName"])

    assert "Published by a rotation" in stored
    assert "Nothing is wrong." in checked
    assert consumer.use().worked


def test_the_alarms_tell_the_address_of_the_parameter(deployed: Deployed) -> None:
    told = deployed.aws.client("sns").list_subscriptions_by_topic(
        TopicArn=deployed.outputs["AlarmTopicArn"]
    )["Subscriptions"]

    assert [one["Endpoint"] for one in told] == [EMAIL]


def test_a_preflight_of_the_package_asked_for_no_bootstrap(deployed: Deployed) -> None:
    (bootstrap,) = (one for one in deployed.preflight if one["step"] == "bootstrap")

    assert (bootstrap["result"], bootstrap["message"]) == ("ok", "none is needed")


def test_nothing_of_a_bootstrap_is_there_and_the_stack_goes_as_it_came(deployed: Deployed) -> None:
    aws = deployed.aws
    cloudformation = aws.client("cloudformation")

    def stacks() -> set[str]:
        return {
            one["StackName"]
            for one in cloudformation.list_stacks()["StackSummaries"]
            if one["StackStatus"] != "DELETE_COMPLETE"
        }

    assert stacks() == {STACK}
    assert [one["Name"] for one in aws.client("s3").list_buckets()["Buckets"]] == [BUCKET]
    assert not [one for one in aws.client("iam").list_roles()["Roles"] if "cdk" in one["RoleName"]]
    with pytest.raises(aws.client("ssm").exceptions.ParameterNotFound):
        aws.client("ssm").get_parameter(Name="/cdk-bootstrap/hnb659fds/version")

    aws.client("iam").detach_role_policy(
        RoleName=CONSUMER, PolicyArn=deployed.outputs["MarketingReaderPolicyArn"]
    )
    cloudformation.delete_stack(StackName=STACK)
    cloudformation.get_waiter("stack_delete_complete").wait(
        StackName=STACK, WaiterConfig={"Delay": 1}
    )

    assert stacks() == set()
