"""Rules for names of a bootstrap stack, as CDK synthesizers accept them.

https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.DefaultStackSynthesizerProps.html
"""

from typing import Annotated, Final

from token_rotator_cdk.config.rules.aws import ACCOUNT
from token_rotator_cdk.config.rules.rule import Rule, matching

PARTITION: Final = "${AWS::Partition}"
ACCOUNT_ID: Final = "${AWS::AccountId}"
_PLACEHOLDER: Final = r"\$\{(?:Qualifier|AWS::(?:Partition|AccountId|Region))\}"
"""Placeholders that the CDK replaces. It leaves others unchanged, so deployments would fail."""

_ROLE_CHARACTER: Final = rf"(?:[A-Za-z0-9_+=,.@/-]|{_PLACEHOLDER})"
_BUCKET_EDGE: Final = rf"(?:[a-z0-9]|{_PLACEHOLDER})"
_MIN_BUCKET_LENGTH: Final = 3
_MAX_BUCKET_LENGTH: Final = 63
_PLACEHOLDERS: Final = "${Qualifier}, ${AWS::AccountId}, ${AWS::Region} and ${AWS::Partition}"

_BUCKET: Final = matching(
    rf"{_BUCKET_EDGE}(?:(?:[a-z0-9.-]|{_PLACEHOLDER})*{_BUCKET_EDGE})?",
    f"write the bucket's name, not its ARN: lowercase letters, digits, . - and {_PLACEHOLDERS}",
)


def _bucket(name: str) -> str | None:
    if fix := _BUCKET.fix(name):
        return fix
    if "${" not in name and not _MIN_BUCKET_LENGTH <= len(name) <= _MAX_BUCKET_LENGTH:
        return (
            f"write {_MIN_BUCKET_LENGTH} to {_MAX_BUCKET_LENGTH} characters; this has {len(name)}"
        )
    return None


Qualifier = Annotated[
    str,
    matching("[A-Za-z0-9_-]{1,10}", "write up to 10 letters, digits, _ and -"),
]
"""https://github.com/aws/aws-cdk-cli/blob/main/packages/aws-cdk/lib/api/bootstrap/bootstrap-template.yaml"""

AssetsBucket = Annotated[str, Rule(_bucket, _BUCKET.json_schema)]
"""https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html"""

AssetsPrefix = Annotated[
    str,
    matching(
        rf"(?!/)(?:[A-Za-z0-9!_.*'()/-]|{_PLACEHOLDER}){{1,200}}",
        "write a prefix such as token-rotator/, without a leading slash",
    ),
]
"""https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html"""

BootstrapRole = Annotated[
    str,
    matching(
        rf"arn:(?:aws[a-z-]*|\$\{{AWS::Partition\}}):iam::(?:{ACCOUNT}|\$\{{AWS::AccountId\}})"
        rf":role/{_ROLE_CHARACTER}+",
        "write the ARN of a role: arn:${AWS::Partition}:iam::ACCOUNT:role/NAME. It may contain "
        f"{_PLACEHOLDERS}",
    ),
]
"""A role's ARN, with the placeholders that the CDK replaces."""

VersionParameter = Annotated[
    str,
    matching(
        r"/(?:[a-zA-Z0-9_./-]|\$\{Qualifier\})+",
        "write the parameter's name with a leading slash: /cdk-bootstrap/${Qualifier}/version",
    ),
]
"""The CDK replaces only the placeholder of the qualifier."""
