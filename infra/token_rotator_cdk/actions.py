"""IAM actions and condition keys that the constructs grant and the CLI tests."""

from enum import StrEnum
from typing import Final


class Actions:
    """IAM actions of each role. The constructs grant them, and the live check tests them."""

    READ_SECRET: Final = ("secretsmanager:GetSecretValue",)
    DECRYPT_SECRET: Final = ("kms:Decrypt",)
    WRITE_PARAMETER: Final = ("ssm:GetParameter", "ssm:PutParameter", "ssm:AddTagsToResource")
    ENCRYPT_PARAMETER: Final = ("kms:GenerateDataKey", "kms:Decrypt")
    READ_PARAMETER: Final = ("ssm:GetParameter",)
    DECRYPT_PARAMETER: Final = ("kms:Decrypt",)
    INVOKE_FUNCTION: Final = ("lambda:InvokeFunction",)
    CREATE_INTERFACE: Final = ("ec2:CreateNetworkInterface",)
    MANAGE_INTERFACES: Final = (
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeSubnets",
        "ec2:DeleteNetworkInterface",
        "ec2:AssignPrivateIpAddresses",
        "ec2:UnassignPrivateIpAddresses",
    )
    """Lambda itself requires these and CREATE_INTERFACE to attach the function to a VPC."""

    OPERATE_FUNCTION: Final = (
        *INVOKE_FUNCTION,
        "lambda:GetFunctionConfiguration",
        "lambda:GetFunctionConcurrency",
    )
    READ_LOG: Final = ("logs:FilterLogEvents",)
    DESCRIBE_KEY: Final = ("kms:DescribeKey", "kms:GetKeyPolicy")
    DESCRIBE_ROLE: Final = ("iam:GetRole",)
    DESCRIBE_RULE: Final = ("events:DescribeRule",)
    DESCRIBE_SCHEDULE: Final = ("scheduler:GetSchedule",)
    DESCRIBE_STACK: Final = (
        "cloudformation:DescribeStacks",
        "cloudformation:DescribeStackResourceDrifts",
        "cloudformation:ListStackResources",
    )
    DESCRIBE_TOPIC: Final = ("sns:GetTopicAttributes", "sns:ListSubscriptionsByTopic")
    LIST: Final = (
        "cloudwatch:DescribeAlarms",
        "events:ListRuleNamesByTarget",
        "lambda:GetAccountSettings",
        "lambda:ListFunctions",
        "logs:DescribeLogGroups",
        "scheduler:ListSchedules",
    )
    """An operator's actions that do not support resource-level permissions."""


class EncryptionContext(StrEnum):
    """Condition keys that limit the use of a key to one parameter or one secret."""

    PARAMETER = "kms:EncryptionContext:PARAMETER_ARN"
    """https://docs.aws.amazon.com/kms/latest/developerguide/services-parameter-store.html"""
    SECRET = "kms:EncryptionContext:SecretARN"
    """https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html"""
