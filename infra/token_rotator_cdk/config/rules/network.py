"""Rules for subnet ids, security group ids and the path of a PEM file."""

from typing import Annotated, Final

from token_rotator_cdk.config.rules.rule import Rule, Strings, each, matching

MAX_SUBNETS: Final = 16
MAX_SECURITY_GROUPS: Final = 5
"""https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-lambda-function-vpcconfig.html"""

MAX_PATH_LENGTH: Final = 1024

_ID: Final = "[0-9a-f]{8}(?:[0-9a-f]{9})?"
"""https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/resource-ids.html"""

SUBNET: Final = matching(
    f"subnet-{_ID}", "write the id of a subnet, such as subnet-0123456789abcdef0"
)
SECURITY_GROUP: Final = matching(
    f"sg-{_ID}", "write the id of a security group, such as sg-0123456789abcdef0"
)


def _not_empty(what: str, ids: Rule) -> Rule:
    """A list that is not empty."""
    return Rule(
        lambda entries: ids.fix(entries) if entries else f"write at least one {what}",
        {**ids.json_schema, "minItems": 1},
    )


def _path(text: str) -> str | None:
    if text.isprintable() and text == text.strip() and 0 < len(text) <= MAX_PATH_LENGTH:
        return None
    return "write the path of a PEM file, relative to this file"


SubnetIds = Annotated[
    Strings, _not_empty("subnet", each(SUBNET, at_most=MAX_SUBNETS, alternative="Lambda's limit"))
]
"""Private subnets of one VPC."""

SecurityGroupIds = Annotated[
    Strings,
    _not_empty(
        "security group",
        each(SECURITY_GROUP, at_most=MAX_SECURITY_GROUPS, alternative="Lambda's limit"),
    ),
]
"""Security groups of the same VPC."""

PemPath = Annotated[str, Rule(_path, {"minLength": 1, "maxLength": MAX_PATH_LENGTH})]
"""The content is checked at synthesis: ``config.certificates``."""
