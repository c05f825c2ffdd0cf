"""Rules for ARNs."""

import re
from typing import Annotated, Final

from token_rotator_cdk.config.places import partition_in, partition_of, region_of
from token_rotator_cdk.config.rules.aws import ACCOUNT, REGION
from token_rotator_cdk.config.rules.rule import Rule, Strings, each, matching, without_group_names

_ARN: Final = "arn:aws[a-z-]*"
_AWS: Final = "arn:aws:"

ORGANIZATION_ARN: Final = re.compile(
    rf"{_ARN}:organizations::{ACCOUNT}:organization/(?P<organization>o-[a-z0-9]{{10,32}})"
)
UNIT_ARN: Final = re.compile(
    rf"{_ARN}:organizations::{ACCOUNT}:ou/(?P<organization>o-[a-z0-9]{{10,32}})"
    r"/(?P<unit>ou-(?P<root>[a-z0-9]{4,32})-[a-z0-9]{8,32})"
)
"""https://docs.aws.amazon.com/organizations/latest/APIReference/API_OrganizationalUnit.html"""


def _pattern_rule(pattern: str, fix: str) -> Rule:
    """A rule for a pattern. The fix shows an example ARN in the same partition."""
    rule = matching(pattern, fix)

    def in_partition(text: str) -> str | None:
        suggestion, prefix = rule.fix(text), re.match(f"{_ARN}:", text)
        return suggestion.replace(_AWS, prefix[0]) if suggestion and prefix else suggestion

    return Rule(in_partition, rule.json_schema)


def _arn_rule(pattern: str, fix: str) -> Rule:
    """A rule for an ARN whose partition and region must match."""
    rule = _pattern_rule(pattern, fix)
    return Rule(lambda arn: rule.fix(arn) or _wrong_partition(arn), rule.json_schema)


def _wrong_partition(arn: str) -> str | None:
    partition = partition_of(region_of(arn))
    if partition in (None, partition_in(arn)):
        return None
    return f"write arn:{partition}:..., the partition of {region_of(arn)}"


_SHAREABLE: Final = _pattern_rule(
    "|".join(
        (
            ACCOUNT,
            without_group_names(UNIT_ARN.pattern),
            without_group_names(ORGANIZATION_ARN.pattern),
        )
    ),
    "write 12 digits in quotes for an account, or the ARN of an organizational unit "
    "(arn:aws:organizations::ACCOUNT:ou/o-.../ou-...) or of an organization "
    "(arn:aws:organizations::ACCOUNT:organization/o-...)",
)

SecretArn = Annotated[
    str,
    _arn_rule(
        rf"{_ARN}:secretsmanager:{REGION}:{ACCOUNT}:secret:[A-Za-z0-9/_+=.@-]+-[A-Za-z0-9]{{6}}",
        "write the complete ARN, including its six random characters: "
        "arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME-XXXXXX",
    ),
]
"""The complete ARN. A role can allow a partial one only with a wildcard."""

KeyArn = Annotated[
    str,
    _arn_rule(
        rf"{_ARN}:kms:{REGION}:{ACCOUNT}:key/[A-Za-z0-9-]+",
        "write the key's ARN, not an alias: arn:aws:kms:REGION:ACCOUNT:key/KEY-ID",
    ),
]
"""A key's ARN. IAM policies that name an alias do not apply to the key."""

_KEY_ID: Final = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|mrk-[0-9a-f]{32}"

StackKeyArn = Annotated[
    str,
    _arn_rule(
        rf"{_ARN}:kms:{REGION}:{ACCOUNT}:key/(?:{_KEY_ID})",
        "write the key's ARN, not an alias, with the whole key ID: "
        "arn:aws:kms:REGION:ACCOUNT:key/KEY-ID",
    ),
]
"""A key's ARN in the only form that the AWS CDK accepts.

https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#key-id-key-id
"""

TopicArn = Annotated[
    str,
    _arn_rule(
        rf"{_ARN}:sns:{REGION}:{ACCOUNT}:[A-Za-z0-9_-]{{1,256}}",
        "write the ARN of a standard topic: arn:aws:sns:REGION:ACCOUNT:NAME",
    ),
]
"""A standard topic's ARN. Alarms cannot publish to FIFO topics (names end in .fifo)."""

PolicyArn = Annotated[
    str,
    _arn_rule(
        rf"{_ARN}:iam::(?:aws|{ACCOUNT}):policy/[A-Za-z0-9_+=,.@/-]+",
        "write the ARN of a managed policy: arn:aws:iam::ACCOUNT:policy/NAME",
    ),
]
"""The ARN of a managed policy, owned by AWS or the account."""

CodeSigningConfigArn = Annotated[
    str,
    _arn_rule(
        rf"{_ARN}:lambda:{REGION}:{ACCOUNT}:code-signing-config:csc-[a-z0-9]{{17}}",
        "write the ARN of a code signing configuration: "
        "arn:aws:lambda:REGION:ACCOUNT:code-signing-config:csc-...",
    ),
]
"""https://docs.aws.amazon.com/lambda/latest/api/API_CodeSigningConfig.html"""

Shareable = Annotated[Strings, each(_SHAREABLE)]
"""Accounts, organizational units or organizations."""
