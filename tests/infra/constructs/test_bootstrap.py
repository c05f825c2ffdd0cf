"""What the CDK CLI would assume and where it would publish, as the cloud assembly says it."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import aws_lambda as lambda_

from tests.support.infra_templates import Resource, a_deployment, a_rotator, a_stack, app
from token_rotator_cdk.stack import TokenRotatorStack

ACCOUNT = "111122223333"
REGION = "eu-west-1"
ROLE = f"arn:${{AWS::Partition}}:iam::{ACCOUNT}:role/cdk-QUALIFIER-NAME-role-{ACCOUNT}-{REGION}"
PLATFORM = f"arn:aws:iam::{ACCOUNT}:role/platform"


@dataclass
class Assembly:
    """The first stack of a cloud assembly."""

    stack: dict[str, Any]
    files: list[dict[str, Any]]
    """Where each published file goes."""
    template: Resource

    @property
    def assumed(self) -> set[str]:
        """All roles that the CLI assumes or passes on."""
        roles = [self.stack.get("assumeRoleArn"), self.stack.get("cloudFormationExecutionRoleArn")]
        roles += [self.stack.get("lookupRole", {}).get("arn")]
        roles += [file.get("assumeRoleArn") for file in self.files]
        return {role for role in roles if role}


def assembly(directory: Path, *, agnostic: bool = False, **bootstrap: object) -> Assembly:
    (directory / "handler.py").write_text("")
    where = {} if agnostic else {"account": ACCOUNT, "region": REGION}
    settings = {"bootstrap": bootstrap} if bootstrap else {}
    deployment = a_deployment(a_stack(**where, **settings), a_rotator())
    cdk = app()
    TokenRotatorStack(cdk, deployment=deployment, code=lambda_.Code.from_asset(str(directory)))
    made = Path(cdk.synth().directory)
    manifest = json.loads((made / "manifest.json").read_text())["artifacts"]
    assets = json.loads((made / manifest["tokens.assets"]["properties"]["file"]).read_text())
    return Assembly(
        stack=manifest["tokens"]["properties"],
        files=[one for file in assets["files"].values() for one in file["destinations"].values()],
        template=json.loads((made / "tokens.template.json").read_text()),
    )


def roles(qualifier: str, *names: str) -> set[str]:
    return {ROLE.replace("QUALIFIER", qualifier).replace("NAME", name) for name in names}


def code(template: Resource) -> object:
    (function,) = (
        resource["Properties"]
        for resource in template["Resources"].values()
        if resource["Type"] == "AWS::Lambda::Function"
    )
    return function["Code"]["S3Bucket"]


@pytest.mark.parametrize("qualifier", [None, "platform"])
def test_a_qualifier_is_in_every_name(tmp_path: Path, qualifier: str | None):
    made = assembly(tmp_path, qualifier=qualifier) if qualifier else assembly(tmp_path)

    name = qualifier or "hnb659fds"
    assert made.assumed == roles(name, "deploy", "file-publishing", "cfn-exec", "lookup")
    bucket = f"cdk-{name}-assets-{ACCOUNT}-{REGION}"
    assert {file["bucketName"] for file in made.files} == {bucket}
    assert len(made.files) == 2
    assert code(made.template) == bucket
    parameter = f"/cdk-bootstrap/{name}/version"
    assert made.stack["bootstrapStackVersionSsmParameter"] == parameter
    assert made.template["Parameters"]["BootstrapVersion"]["Default"] == parameter


def test_a_hardened_bootstrap_has_the_names_that_the_file_says(tmp_path: Path):
    made = assembly(
        tmp_path,
        file_assets_bucket_name="platform-${AWS::AccountId}-${AWS::Region}",
        bucket_prefix="rotator/",
        file_asset_publishing_role_arn=f"{PLATFORM}/publish",
        deploy_role_arn=f"{PLATFORM}/deploy",
        cloud_formation_execution_role=f"{PLATFORM}/cloudformation",
        lookup_role_arn=f"{PLATFORM}/lookup",
        bootstrap_stack_version_ssm_parameter="/platform/version",
    )

    assert made.stack["assumeRoleArn"] == f"{PLATFORM}/deploy"
    assert made.stack["cloudFormationExecutionRoleArn"] == f"{PLATFORM}/cloudformation"
    assert made.stack["lookupRole"]["arn"] == f"{PLATFORM}/lookup"
    assert {file["assumeRoleArn"] for file in made.files} == {f"{PLATFORM}/publish"}
    assert {file["bucketName"] for file in made.files} == {f"platform-{ACCOUNT}-{REGION}"}
    assert all(file["objectKey"].startswith("rotator/") for file in made.files)
    assert made.stack["stackTemplateAssetObjectUrl"].startswith(
        f"s3://platform-{ACCOUNT}-{REGION}/rotator/"
    )
    assert made.stack["bootstrapStackVersionSsmParameter"] == "/platform/version"
    assert made.template["Parameters"]["BootstrapVersion"]["Default"] == "/platform/version"


def test_with_the_callers_credentials_no_role_is_assumed_and_no_version_is_read(tmp_path: Path):
    made = assembly(tmp_path, cli_credentials=True, file_assets_bucket_name="releases")

    assert made.assumed == set()
    assert {file["bucketName"] for file in made.files} == {"releases"}
    assert "bootstrapStackVersionSsmParameter" not in made.stack
    assert "BootstrapVersion" not in made.template.get("Parameters", {})


def test_where_nobody_says_where_the_stack_goes_the_cli_fills_the_names_in(tmp_path: Path):
    made = assembly(tmp_path, agnostic=True, qualifier="platform")

    anywhere = {
        role.replace(ACCOUNT, "${AWS::AccountId}").replace(REGION, "${AWS::Region}")
        for role in roles("platform", "deploy", "file-publishing", "cfn-exec", "lookup")
    }
    assert made.assumed == anywhere
    assert code(made.template) == {
        "Fn::Sub": "cdk-platform-assets-${AWS::AccountId}-${AWS::Region}"
    }


def test_without_the_table_the_synthesizer_is_the_apps(tmp_path: Path):
    cdk = app()
    cdk.node.set_context("@aws-cdk/core:bootstrapQualifier", "ofcontext")
    stack = TokenRotatorStack(cdk, deployment=a_deployment(), code=lambda_.Code.from_inline("stub"))

    assert stack.synthesizer.bootstrap_qualifier == "ofcontext"
