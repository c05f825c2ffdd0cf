"""The page about networks: its code synthesizes, and says what the function calls."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from local import ROOT
from tests.support.config_files import GOOD, written
from tests.support.headings import anchors
from token_rotator.contract import AWS_SERVICES
from token_rotator_cdk.actions import Actions
from token_rotator_cdk.config.load import load
from token_rotator_cli.check import function_steps

PAGE = ROOT / "docs" / "network" / "vpc.md"
TEXT = PAGE.read_text(encoding="utf-8")
WITHOUT_A_BUNDLE = """

from aws_cdk import aws_lambda
from token_rotator_cdk.constructs import token_rotator
token_rotator.function_code = lambda *_: aws_lambda.Code.from_inline("stub")
"""


@pytest.fixture(scope="module")
def resources(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """What the page's code makes."""
    (code,) = re.findall(r"```python\n(.*?)```", TEXT, re.S)
    directory = tmp_path_factory.mktemp("page")
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_A_BUNDLE + code.replace("App()", 'App(outdir="out")')],
        cwd=directory,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    template = json.loads((directory / "out" / "Tokens.template.json").read_text())
    return list(template["Resources"].values())


def of_type(resources: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [one["Properties"] for one in resources if one["Type"] == kind]


def test_there_is_an_endpoint_for_every_service_that_the_function_calls_and_no_other(
    resources: list[dict[str, Any]],
):
    endpoints = of_type(resources, "AWS::EC2::VPCEndpoint")

    names = {json.dumps(one["ServiceName"]).rpartition(".")[2].strip('"]}') for one in endpoints}
    assert names == {*AWS_SERVICES}
    assert all(one["PrivateDnsEnabled"] for one in endpoints)


def test_the_endpoints_policies_allow_what_the_function_does(resources: list[dict[str, Any]]):
    allowed: set[str] = set()
    for endpoint in of_type(resources, "AWS::EC2::VPCEndpoint"):
        (statement,) = endpoint["PolicyDocument"]["Statement"]
        actions = statement["Action"]
        allowed |= {actions} if isinstance(actions, str) else {*actions}
        assert statement["Resource"] != "*"
        assert "aws:PrincipalArn" in statement["Condition"]["ArnEquals"]

    assert allowed == {*Actions.READ_SECRET, *Actions.WRITE_PARAMETER}


def test_the_function_may_connect_to_the_endpoints(resources: list[dict[str, Any]]):
    inbound = of_type(resources, "AWS::EC2::SecurityGroupIngress")

    assert len(inbound) == 2
    assert {(one["FromPort"], one["ToPort"]) for one in inbound} == {(443, 443)}


@pytest.mark.parametrize("table", re.findall(r"```toml\n(.*?)```", TEXT, re.S))
def test_the_settings_are_accepted(tmp_path: Path, table: str):
    text = GOOD + table
    if "[rotators.sales" in table:
        text = GOOD + '[rotators.sales]\nparameter_name = "/sales/token"\n' + table

    assert load(written(tmp_path / "rotators.toml", text)).rotators


def test_what_lambda_names_as_the_networks_reason_is_on_the_page():
    named = {code for code in function_steps.FIXES if re.search("Eni|Subnet|SecurityG|Role", code)}

    assert {code for code in named if f"`{code}`" not in TEXT} == set()
    assert (ROOT / function_steps.PAGE).is_file()


@pytest.mark.parametrize(
    "page",
    [
        "operate/runbook.md",
        "deploy/construct.md",
        "deploy/troubleshooting.md",
        "reference/command/preflight.md",
    ],
)
def test_it_is_found_from_where_the_question_comes_up(page: str):
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")

    links = re.findall(r"\((?:../)+network/vpc\.md(?:#([a-z0-9-]+))?\)", text)
    assert links
    assert {anchor for anchor in links if anchor} <= {*anchors(TEXT)}
