"""examples/pipelines/cdk_pipelines.py: its stages, its commands, and where each stage goes."""

import json
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from aws_cdk import aws_lambda as lambda_

from local import ROOT
from tests.support.infra_templates import app, resources
from token_rotator_cdk import stack

EXAMPLE = ROOT / "examples" / "pipelines" / "cdk_pipelines.py"
ACCOUNTS = {"test": "444455556666", "production": "777788889999"}


def example() -> ModuleType:
    spec = spec_from_file_location("cdk_pipelines", EXAMPLE)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def assembly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The cloud assembly. Only the functions' code is a stub."""
    configs, code = tmp_path_factory.mktemp("pipeline"), tmp_path_factory.mktemp("code")
    (code / "handler.py").write_text("")
    for name, account in ACCOUNTS.items():
        (configs / f"{name}.toml").write_text(
            f'[stack]\nname = "tokens"\naccount = "{account}"\nregion = "eu-west-1"\n'
            '[stack.bootstrap]\nqualifier = "platform"\n'
            '[rotators.marketing]\nparameter_name = "/marketing/token"\n'
        )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stack, "function_code", lambda *_: lambda_.Code.from_asset(str(code)))
        cdk = app()
        example().Pipeline(cdk, configs=configs)
        return Path(cdk.synth().directory)


@pytest.fixture(scope="module")
def template(assembly: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(
        (assembly / "TokenRotatorPipeline.template.json").read_text()
    )
    return document


def test_production_follows_after_the_test_and_an_approval(template: dict[str, Any]) -> None:
    (pipeline,) = resources(template, "AWS::CodePipeline::Pipeline").values()
    stages = {stage["Name"]: stage["Actions"] for stage in pipeline["Stages"]}

    assert [*stages] == ["Source", "Build", "UpdatePipeline", "Assets", "Test", "Production"]
    first = min(stages["Production"], key=lambda action: action["RunOrder"])
    assert first["ActionTypeId"]["Category"] == "Approval"
    assert not [one for one in stages["Test"] if one["ActionTypeId"]["Category"] == "Approval"]


@pytest.mark.parametrize(("name", "account"), ACCOUNTS.items())
def test_each_stage_goes_to_its_account_through_its_bootstrap(
    assembly: Path, name: str, account: str
) -> None:
    (nested,) = assembly.glob(f"assembly-*{name.title()}")
    manifest = json.loads((nested / "manifest.json").read_text())
    (found,) = (
        one for one in manifest["artifacts"].values() if one["type"] == "aws:cloudformation:stack"
    )

    assert found["environment"] == f"aws://{account}/eu-west-1"
    role = f"role/cdk-platform-deploy-role-{account}-eu-west-1"
    assert found["properties"]["assumeRoleArn"].endswith(role)
    template = json.loads((nested / found["properties"]["templateFile"]).read_text())
    assert resources(template, "AWS::Lambda::Function")


def test_nothing_is_built_in_docker(template: dict[str, Any]) -> None:
    projects = resources(template, "AWS::CodeBuild::Project").values()

    assert len(projects) >= 3
    assert {project["Environment"]["PrivilegedMode"] for project in projects} == {False}


def test_it_synthesizes_with_the_pinned_command_line(template: dict[str, Any]) -> None:
    specs = [
        project["Source"]["BuildSpec"]
        for project in resources(template, "AWS::CodeBuild::Project").values()
    ]
    pinned = json.loads((ROOT / "package.json").read_text())["devDependencies"]["aws-cdk"]

    (synth,) = (spec for spec in specs if isinstance(spec, str) and "make tools" in spec)
    commands = json.loads(synth)["phases"]["build"]["commands"]
    assert commands == ["make tools", example().SYNTH]
    assert "npx --no-install cdk synth" in commands[1]
    assert EXAMPLE.relative_to(ROOT).as_posix() in commands[1]
    assert any(f"aws-cdk@{pinned}" in str(spec) for spec in specs)
