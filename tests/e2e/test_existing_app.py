"""The app of examples/existing_app: another team's network, key and topic, and our constructs."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest

from local import ROOT
from local.aws.deployment import Deployment
from local.aws.emulator import LocalAws
from local.idp.identity_provider import IdentityProvider
from local.idp.verification import RFC7523
from local.process import environment
from tests.support.on_this_machine import COMMAND
from tests.support.principals import assume_as_a_service, is_refused
from tests.support.system import System, eventually

STACK: Final = "reporting"
UPLOADS: Final = Path(sys.executable).with_name("token-rotator")
EXAMPLE: Final = ROOT / "examples" / "existing_app"
MARKETING: Final = "/reporting/marketing/access-token"
SALES: Final = "/reporting/sales/access-token"


@dataclass(frozen=True, kw_only=True)
class App:
    """What the app has deployed."""

    aws: LocalAws
    resources: dict[str, list[str]]
    """Type → physical names."""

    @property
    def consumer(self) -> str:
        """The name of the Lambda function that is not a rotator's."""
        functions = self.aws.client("lambda")
        (name,) = (
            one
            for one in self.resources["AWS::Lambda::Function"]
            if functions.get_function_configuration(FunctionName=one).get("Layers")
        )
        return name

    def runs(self) -> dict[str, Any]:
        answer = self.aws.client("lambda").invoke(FunctionName=self.consumer)
        payload: dict[str, Any] = json.load(answer["Payload"])
        return payload

    @property
    def task(self) -> dict[str, Any]:
        (arn,) = self.resources["AWS::ECS::TaskDefinition"]
        answer = self.aws.client("ecs").describe_task_definition(taskDefinition=arn)
        return dict(answer["taskDefinition"])


@pytest.fixture(scope="module")
def rfc7523() -> Iterator[IdentityProvider]:
    with IdentityProvider(rules=RFC7523) as running:
        yield running


@pytest.fixture(scope="module")
def app(
    deployed: System,
    idp: IdentityProvider,
    rfc7523: IdentityProvider,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[App]:
    aws, directory = deployed.aws, tmp_path_factory.mktemp("existing-app")
    deployment = Deployment(
        aws,
        app=Path(shutil.copytree(EXAMPLE, directory / "app")),
        command=COMMAND,
        context={"api_url": idp.api("reports")},
        directory=directory,
        variables={"PYTHONPATH": str(ROOT)},
    )
    deployment.synthesize()
    deployment.deploy()
    for rotator, provider in (("Marketing", idp), ("Sales", rfc7523)):
        file = directory / f"{rotator}.txt"
        file.write_text(provider.new_service_account().as_downloaded())
        subprocess.run(
            [UPLOADS, "upload", file, rotator, "--stack", STACK],
            env=environment.minimal(os.environ, temporary=directory) | aws.client_environment(),
            check=True,
        )
    resources: dict[str, list[str]] = {}
    pages = aws.client("cloudformation").get_paginator("list_stack_resources")
    for page in pages.paginate(StackName=STACK):
        for one in page["StackResourceSummaries"]:
            resources.setdefault(one["ResourceType"], []).append(one["PhysicalResourceId"])
    yield App(aws=aws, resources=resources)
    aws.client("cloudformation").delete_stack(StackName=STACK)  # quicker than the CDK


def test_the_function_uses_the_token(app: App) -> None:
    eventually(lambda: app.runs() == {"status": 200} or None, what="the first token")


def test_the_container_uses_the_other_token_as_the_task_definition_says(
    app: App, rfc7523: IdentityProvider
) -> None:
    """Its command, environment and role, without a container."""
    (container,) = app.task["containerDefinitions"]
    variables = {one["name"]: one["value"] for one in container["environment"]}
    task = assume_as_a_service(app.aws, app.task["taskRoleArn"])
    python, program = container["command"]

    def runs() -> str | None:
        done = subprocess.run(
            [sys.executable, EXAMPLE / "reports" / program],
            env={
                **variables,
                **task.environment(),
                "API_URL": rfc7523.api("reports"),
                "PYTHONPATH": str(ROOT / "lambda_src"),
            },
            capture_output=True,
            text=True,
            check=False,
        )
        return done.stdout if done.returncode == 0 else None

    assert python == "python"
    assert eventually(runs, what="the first token") == "{'status': 200}\n"


def test_each_workload_reads_its_own_token_and_no_other(app: App) -> None:
    functions = app.aws.client("lambda")
    role = functions.get_function_configuration(FunctionName=app.consumer)["Role"]
    function = assume_as_a_service(app.aws, role)("ssm")
    task = assume_as_a_service(app.aws, app.task["taskRoleArn"])("ssm")

    assert not is_refused(lambda: function.get_parameter(Name=MARKETING))
    assert is_refused(lambda: function.get_parameter(Name=SALES))
    assert not is_refused(lambda: task.get_parameter(Name=SALES))
    assert is_refused(lambda: task.get_parameter(Name=MARKETING))


def test_key_and_topic_are_those_of_the_team(app: App) -> None:
    (key,) = app.resources["AWS::KMS::Key"]
    (topic,) = app.resources["AWS::SNS::Topic"]
    secrets, alarms = app.aws.client("secretsmanager"), app.aws.client("cloudwatch")
    watched = alarms.describe_alarms(AlarmNamePrefix=f"{STACK}/")["MetricAlarms"]

    for name in app.resources["AWS::SecretsManager::Secret"]:
        assert key in secrets.describe_secret(SecretId=name)["KmsKeyId"]
    assert len(watched) >= 8
    assert {arn for one in watched for arn in one["AlarmActions"]} == {topic}
