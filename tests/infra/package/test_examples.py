"""The examples of Terraform and CloudFormation fit the template that is packaged.

Terraform itself is in no registry that the project installs from. A parser of its language is.
"""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]

from local import ROOT
from tests.support.cfn_lint import Linted, findings
from tests.support.infra_templates import Resource, a_deployment, a_rotator, a_stack
from tests.support.packaged import packaged
from token_rotator_cli.package.files import TemplateFile

TERRAFORM = ROOT / "examples" / "terraform"
CLOUDFORMATION = sorted((ROOT / "examples" / "cloudformation").glob("*.yaml"))
DEPLOYMENT = a_deployment(a_stack(name="intelligence-tokens"), a_rotator())

PARSE = """
import hcl2, json, pathlib, sys
print(json.dumps([hcl2.loads(file.read_text()) for file in pathlib.Path(sys.argv[1]).glob("*.tf")]))
"""


class Loader(yaml.SafeLoader):  # type: ignore[misc]
    """With CloudFormation's short form of Ref."""


Loader.add_constructor("!Ref", lambda _, node: {"Ref": node.value})


def read_yaml(file: Path) -> Resource:
    document: Resource = yaml.load(file.read_text(encoding="utf-8"), Loader)
    return document


def parsed(directory: Path) -> Any:
    """By the parser of checkov, which is in the virtual environment of the rule packs."""
    python = ROOT / ".venv-audit" / "bin" / "python"
    done = subprocess.run(
        [python, "-c", PARSE, directory], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


class Terraform:
    """The blocks of the example's files."""

    def __init__(self) -> None:
        self._files = parsed(TERRAFORM)
        self.text = "".join(file.read_text() for file in TERRAFORM.glob("*.tf"))

    def blocks(self, kind: str) -> dict[str, Any]:
        """By their names."""
        return {
            name: block
            for file in self._files
            for one in file.get(kind, [])
            for name, block in one.items()
        }

    @property
    def stack(self) -> dict[str, Any]:
        """The arguments of the only stack."""
        (stack,) = (
            block["tokens"]
            for file in self._files
            for one in file.get("resource", [])
            for kind, block in one.items()
            if kind == "aws_cloudformation_stack"
        )
        return dict(stack)


@pytest.fixture(scope="module")
def terraform() -> Terraform:
    return Terraform()


@pytest.fixture(scope="module")
def template() -> Resource:
    return packaged(DEPLOYMENT)


def test_terraform_passes_every_parameter_of_the_template_and_no_other(
    terraform: Terraform, template: Resource
):
    (parameters,) = terraform.stack["parameters"]

    assert {*parameters} == {*template["Parameters"]}


def test_terraform_reads_outputs_that_the_template_has(terraform: Terraform, template: Resource):
    read = set(re.findall(r"\.tokens\.outputs\[\"(\w+)\"\]", terraform.text))

    assert read
    assert read <= {*template["Outputs"]}


def test_terraform_acknowledges_what_the_template_creates(
    terraform: Terraform, template: Resource, tmp_path: Path
):
    file = tmp_path / "template.json"
    file.write_text(json.dumps(template))

    assert terraform.stack["capabilities"] == [[TemplateFile.of(DEPLOYMENT, file).capability]]


def test_every_variable_of_terraform_is_declared_and_used(terraform: Terraform):
    assert {*terraform.blocks("variable")} == set(re.findall(r"\bvar\.(\w+)", terraform.text))


def test_terraform_finds_the_files_where_the_command_writes_them(terraform: Terraform):
    defaults = {name: one.get("default") for name, one in terraform.blocks("variable").items()}

    assert defaults["package"] == ["package"]
    assert defaults["stack_name"] == [DEPLOYMENT.stack.name]


def test_cfn_lint_finds_nothing_in_the_templates_of_cloudformation():
    templates = {file.name: Linted(read_yaml(file), "us-east-1") for file in CLOUDFORMATION}

    assert len(templates) == 2
    assert findings(templates) == []


def test_the_stack_set_gives_parameters_that_the_template_has(template: Resource):
    document = read_yaml(ROOT / "examples" / "cloudformation" / "stack-set.yaml")
    properties = document["Resources"]["Tokens"]["Properties"]

    given = {one["ParameterKey"] for one in properties["Parameters"]}
    assert given
    assert given <= {*template["Parameters"]}
    assert properties["Capabilities"] == ["CAPABILITY_IAM"]
