"""The CDK CLI against the local AWS: destroying stacks, and failed commands."""

from pathlib import Path
from typing import Any

import pytest

from local.aws.deployment import Deployment, DeploymentFailed
from local.aws.emulator import LocalAws
from tests.support.system import System

CONFIG = """\
[stack]
name = "short-lived"

[rotators.demo]
parameter_name = "/short-lived/access-token"

[rotators.other]
parameter_name = "/short-lived/other/access-token"
stack = "short-lived-other"
"""
FUNCTIONS = ("DemoFunctionName", "OtherFunctionName")


def test_destroying_removes_both_stacks_but_not_their_secrets(
    system: System, tmp_path: Path
) -> None:
    config = tmp_path / "rotators.toml"
    config.write_text(CONFIG)
    deployment = Deployment(system.aws, config=config, directory=tmp_path)
    deployment.synthesize()
    outputs = deployment.deploy()
    before = schedules_of("short-lived", system)
    bundles = {of_function(outputs[name], system)["CodeSha256"] for name in FUNCTIONS}

    deployment.destroy()

    assert len(before) == 2 * 3
    assert len(bundles) == len([*(tmp_path / "cdk.out").glob("asset.*")]) == 1
    assert schedules_of("short-lived", system) == []
    functions = system.aws.client("lambda").list_functions()["Functions"]
    assert not {outputs[name] for name in FUNCTIONS} & {one["FunctionName"] for one in functions}
    for name in ("DemoSecretArn", "OtherSecretArn"):
        secret = system.aws.client("secretsmanager").describe_secret(SecretId=outputs[name])
        assert "DeletedDate" not in secret


def test_the_error_of_a_failed_command_names_command_and_cause(
    aws: LocalAws, tmp_path: Path
) -> None:
    config = tmp_path / "rotators.toml"
    config.write_text(CONFIG.replace("/short-lived/", "/aws/"))

    with pytest.raises(DeploymentFailed) as failure:
        Deployment(aws, config=config, directory=tmp_path).synthesize()

    assert str(failure.value).startswith("`cdk synth` failed:\n")
    assert "/aws/access-token" in str(failure.value)


def of_function(name: str, system: System) -> dict[str, Any]:
    answer = system.aws.client("lambda").get_function_configuration(FunctionName=name)
    return dict(answer)


def schedules_of(stack: str, system: System) -> list[str]:
    schedules = system.aws.client("scheduler").list_schedules()["Schedules"]
    return [one["Name"] for one in schedules if one["Name"].startswith(stack)]
