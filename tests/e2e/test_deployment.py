"""The CDK command line against the local AWS: what it takes away, and how it fails."""

from pathlib import Path

import pytest

from local.deployment import Deployment, DeploymentFailed
from local.emulator import LocalAws
from tests.support.system import System

CONFIG = """\
[stack]
name = "short-lived"

[rotators.demo]
parameter_name = "/short-lived/access-token"
"""


def test_the_schedules_go_and_the_secret_stays(system: System, tmp_path: Path) -> None:
    config = tmp_path / "rotators.toml"
    config.write_text(CONFIG)
    deployment = Deployment(system.aws, config=config, directory=tmp_path)
    deployment.synthesize()
    outputs = deployment.deploy()
    before = schedules_of("short-lived", system)

    deployment.destroy()

    assert len(before) == 3
    assert schedules_of("short-lived", system) == []
    functions = system.aws.client("lambda").list_functions()["Functions"]
    assert outputs["DemoFunctionName"] not in [one["FunctionName"] for one in functions]
    secret = system.aws.client("secretsmanager").describe_secret(SecretId=outputs["DemoSecretArn"])
    assert "DeletedDate" not in secret


def test_a_failed_command_says_which_and_why(aws: LocalAws, tmp_path: Path) -> None:
    config = tmp_path / "rotators.toml"
    config.write_text(CONFIG.replace("/short-lived/", "/aws/"))

    with pytest.raises(DeploymentFailed) as failure:
        Deployment(aws, config=config, directory=tmp_path).synthesize()

    assert str(failure.value).startswith("`cdk synth` failed:\n")
    assert "/aws/access-token" in str(failure.value)


def schedules_of(stack: str, system: System) -> list[str]:
    schedules = system.aws.client("scheduler").list_schedules()["Schedules"]
    return [one["Name"] for one in schedules if one["Name"].startswith(stack)]
