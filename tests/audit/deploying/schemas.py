"""The actions that CloudFormation needs for a template, by the schemas of its resource types.

A schema's ``handlers`` name the actions of all properties of its type. Some of them belong to a
property that no template of ours has; they are written down here with that property.
https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html
"""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from tests.audit.evidence import ROOT

OF_A_PROPERTY: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
    "AWS::IAM::ManagedPolicy": {
        "Groups": ("iam:AttachGroupPolicy", "iam:DetachGroupPolicy"),
        "Roles": ("iam:AttachRolePolicy", "iam:DetachRolePolicy"),
        "Users": ("iam:AttachUserPolicy", "iam:DetachUserPolicy"),
    },
    "AWS::IAM::Role": {
        "ManagedPolicyArns": ("iam:AttachRolePolicy", "iam:DetachRolePolicy"),
        "PermissionsBoundary": (
            "iam:DeleteRolePermissionsBoundary",
            "iam:PutRolePermissionsBoundary",
        ),
    },
    "AWS::KMS::Key": {"Enabled": ("kms:DisableKey", "kms:EnableKey")},
    "AWS::Lambda::Function": {
        "CapacityProviderConfig": ("lambda:PassCapacityProvider",),
        "FileSystemConfigs": (
            "elasticfilesystem:DescribeMountTargets",
            "s3files:ListMountTargets",
        ),
        "FunctionScalingConfig": ("lambda:PutFunctionScalingConfig",),
        "KmsKeyArn": (
            *("kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:Encrypt"),
            "kms:GenerateDataKey",
        ),
        "Layers": ("lambda:GetLayerVersion",),
        "PublishToLatestPublished": ("lambda:PublishVersion",),
        "RecursiveLoop": ("lambda:PutFunctionRecursionConfig",),
        "RuntimeManagementConfig": (
            "lambda:AssociateRuntimeAlias",
            "lambda:PutRuntimeManagementConfig",
        ),
        "VpcConfig": (
            *("ec2:DescribeNetworkInterfaces", "ec2:DescribeSecurityGroups"),
            *("ec2:DescribeSubnets", "ec2:DescribeVpcs"),
        ),
    },
    "AWS::Logs::LogGroup": {
        "BearerTokenAuthenticationEnabled": ("logs:PutBearerTokenAuthentication",),
        "DataProtectionPolicy": (
            *("logs:PutDataProtectionPolicy", "logs:DeleteDataProtectionPolicy"),
            *("firehose:TagDeliveryStream", "logs:CreateLogDelivery", "s3:REST.PUT.OBJECT"),
        ),
        "DeletionProtectionEnabled": ("logs:PutLogGroupDeletionProtection",),
        "FieldIndexPolicies": ("logs:PutIndexPolicy", "logs:DeleteIndexPolicy"),
        "ResourcePolicyDocument": ("logs:PutResourcePolicy", "logs:DeleteResourcePolicy"),
    },
    "AWS::SNS::Subscription": {"SubscriptionRoleArn": ("iam:GetRole", "iam:PassRole")},
    "AWS::SNS::Topic": {
        "DataProtectionPolicy": ("sns:PutDataProtectionPolicy",),
        "DeliveryStatusLogging": ("iam:GetRole", "iam:PassRole"),
        "Subscription": ("sns:Subscribe", "sns:Unsubscribe"),
    },
    "AWS::SecretsManager::Secret": {
        "ReplicaRegions": (
            "secretsmanager:RemoveRegionsFromReplication",
            "secretsmanager:ReplicateSecretToRegions",
        ),
    },
}
"""Actions of a type that only one property needs."""


@cache
def schema(kind: str) -> Mapping[str, Any]:
    """The schema of a resource type, as cfn-lint has it. Its Python takes long to import."""
    (everything,) = (ROOT / ".venv-audit" / "lib").glob(
        "python3*/site-packages/cfnlint/data/schemas"
    )
    files = json.loads((everything / "providers" / "eu-west-1.json").read_text(encoding="utf-8"))
    found: dict[str, Any] = json.loads(
        (everything / "resources" / f"{files[kind]}.json").read_text(encoding="utf-8")
    )
    return found


def actions(resource: Mapping[str, Any]) -> set[str]:
    """The actions to create, read, update and delete the resource, with its tags."""
    kind = resource["Type"]
    found = schema(kind)
    named = {
        action
        for name, handler in found["handlers"].items()
        if name != "list"
        for action in handler["permissions"]
    }
    if "Tags" in resource.get("Properties", {}):
        named |= {*found.get("tagging", {}).get("permissions", [])}
    without_use = {
        action
        for name, those in OF_A_PROPERTY.get(kind, {}).items()
        if name not in resource.get("Properties", {})
        for action in those
    }
    return named - without_use
