"""Templates of small deployments. The function's code is a stub, so nothing is bundled."""

import json
from pathlib import Path
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_
from aws_cdk.assertions import Template

from local import ROOT
from token_rotator_cdk.config.models.deployment import Deployment
from token_rotator_cdk.config.models.rotator import RotatorConfig
from token_rotator_cdk.config.models.stack import StackConfig
from token_rotator_cdk.stack import TokenRotatorStack

Resource = dict[str, Any]

NAMED_SECRET = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:team/credential-AbCdEf"
NAMED_KEY = "arn:aws:kms:eu-west-1:111122223333:key/0000-1111"

_TEMPLATES: dict[str, str] = {}


def a_stack(**settings: Any) -> StackConfig:
    return StackConfig(**{"name": "tokens", **settings})


def a_rotator(**settings: Any) -> RotatorConfig:
    return RotatorConfig(**{"parameter_name": "/marketing/token", **settings})


def a_deployment(
    stack: StackConfig | None = None, rotator: RotatorConfig | None = None, **others: RotatorConfig
) -> Deployment:
    """A deployment of ``rotator``, which is called marketing, and of others by their names."""
    if rotator is not None or not others:
        others = {"marketing": rotator or a_rotator(), **others}
    names = {name.replace("_", "-"): one for name, one in others.items()}
    return Deployment(stack=stack or a_stack(), rotators=names)


def app() -> cdk.App:
    """An app with the feature flags of cdk.json. Normally only the CDK CLI reads that file."""
    return cdk.App(context=json.loads(Path(ROOT / "cdk.json").read_text())["context"])


def synthesized(deployment: Deployment) -> TokenRotatorStack:
    return TokenRotatorStack(app(), deployment=deployment, code=lambda_.Code.from_inline("stub"))


def template(
    stack: StackConfig | None = None, rotator: RotatorConfig | None = None, **others: RotatorConfig
) -> Resource:
    return template_of(a_deployment(stack, rotator, **others))


def template_of(deployment: Deployment) -> Resource:
    """A copy of the deployment's template, which is synthesized once: that takes half a second."""
    asked = deployment.model_dump_json()
    if asked not in _TEMPLATES:
        _TEMPLATES[asked] = json.dumps(rendered(synthesized(deployment)))
    document: Resource = json.loads(_TEMPLATES[asked])
    return document


def rendered(stack: cdk.Stack) -> Resource:
    return dict(Template.from_stack(stack).to_json())


def resources(document: Resource, kind: str) -> dict[str, Resource]:
    """Logical ids and properties of the resources of a type."""
    return {
        name: resource.get("Properties", {})
        for name, resource in document["Resources"].items()
        if resource["Type"] == kind
    }


def only(document: Resource, kind: str) -> Resource:
    (resource,) = resources(document, kind).values()
    return resource


def logical_id(document: Resource, kind: str) -> str:
    (name,) = resources(document, kind)
    return name


def role_for(document: Resource, service: str) -> Resource:
    (role,) = (
        role
        for role in resources(document, "AWS::IAM::Role").values()
        if role["AssumeRolePolicyDocument"]["Statement"][0]["Principal"]
        == {"Service": f"{service}.amazonaws.com"}
    )
    return role


def arn(tail: str) -> Resource:
    """An ARN in the deployment's own account and region, as it stands in a template."""
    service, resource = tail.split(":", 1)
    return {
        "Fn::Join": [
            "",
            [
                *("arn:", {"Ref": "AWS::Partition"}, f":{service}:", {"Ref": "AWS::Region"}),
                *(":", {"Ref": "AWS::AccountId"}, f":{resource}"),
            ],
        ]
    }


def attribute(document: Resource, kind: str, name: str) -> Resource:
    return {"Fn::GetAtt": [logical_id(document, kind), name]}
