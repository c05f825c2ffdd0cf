"""Which names, ARNs and numbers does AWS accept?"""

import re
from collections.abc import Mapping
from typing import Final

ROTATOR_TAG: Final = "token-rotator"
"""The tag that every published parameter carries besides the stack's own."""

LOG_RETENTION_DAYS: Final = (
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731),
    *(1096, 1827, 2192, 2557, 2922, 3288, 3653),
)
"""https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html"""

LONGEST_PARAMETER_NAME: Final = 1011 - len(
    "arn:aws-us-gov:ssm:ap-southeast-99:111122223333:parameter"
)
"""PutParameter counts the ARN before the name, too: 1011 characters for both."""

DEEPEST_PARAMETER_NAME: Final = 15
MOST_TAGS: Final = 49
"""SSM takes 50 per parameter, and one of them is ROTATOR_TAG."""

_ACCOUNT: Final = r"\d{12}"
_REGION: Final = r"[a-z]{2}(?:-[a-z]+){1,2}-\d{1,2}"
ORGANIZATION_ARN: Final = re.compile(
    rf"arn:aws[a-z-]*:organizations::{_ACCOUNT}:organization/(?P<organization>o-[a-z0-9]{{10,32}})"
)
UNIT_ARN: Final = re.compile(
    rf"arn:aws[a-z-]*:organizations::{_ACCOUNT}:ou/(?P<organization>o-[a-z0-9]{{10,32}})"
    r"/(?P<unit>ou-(?P<root>[a-z0-9]{4,32})-[a-z0-9]{8,32})"
)
_TAG_KEY: Final = re.compile(r"[\w\s+=.:/@-]{1,128}")
_TAG_VALUE: Final = re.compile(r"[\w\s+=.:/@-]{0,256}")


def stack_name(name: str) -> str | None:
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html"""
    if re.fullmatch(r"[A-Za-z][A-Za-z0-9-]{0,127}", name):
        return None
    return "write up to 128 letters, digits and hyphens, a letter first"


def account(number: str) -> str | None:
    """An account ID."""
    return None if re.fullmatch(_ACCOUNT, number) else 'write 12 digits in quotes: "111122223333"'


def shareable(whom: str) -> str | None:
    """An account, an organizational unit or an organization.

    https://docs.aws.amazon.com/organizations/latest/APIReference/API_OrganizationalUnit.html
    """
    if re.fullmatch(_ACCOUNT, whom) or ORGANIZATION_ARN.fullmatch(whom) or UNIT_ARN.fullmatch(whom):
        return None
    return (
        "write 12 digits in quotes for an account, or the ARN of an organizational unit "
        "(arn:aws:organizations::ACCOUNT:ou/o-.../ou-...) or of an organization "
        "(arn:aws:organizations::ACCOUNT:organization/o-...)"
    )


def region(name: str) -> str | None:
    """A region's code; whether it exists is for AWS to say."""
    return None if re.fullmatch(_REGION, name) else "write a region such as eu-west-1"


def parameter_name(name: str) -> str | None:
    """https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html"""
    if not name.startswith("/"):
        return f'start it with a slash: "/{name[:40]}"'
    levels = name[1:].split("/")
    if not all(re.fullmatch(r"[a-zA-Z0-9_.-]+", level) for level in levels):
        return "write letters, digits and . - _ between single slashes, and no slash at the end"
    if levels[0].lower().startswith(("aws", "ssm")):
        return 'start it with another word: SSM reserves names that begin with "aws" and "ssm"'
    if len(levels) > DEEPEST_PARAMETER_NAME:
        return f"write at most {DEEPEST_PARAMETER_NAME} levels, this one has {len(levels)}"
    if len(name) > LONGEST_PARAMETER_NAME:
        return f"write at most {LONGEST_PARAMETER_NAME} characters, these are {len(name)}"
    return None


def secret_arn(arn: str) -> str | None:
    """The complete ARN: a partial one cannot be named in a role without a wildcard."""
    name = r"[A-Za-z0-9/_+=.@-]+-[A-Za-z0-9]{6}"
    if re.fullmatch(rf"arn:aws[a-z-]*:secretsmanager:{_REGION}:{_ACCOUNT}:secret:{name}", arn):
        return None
    return (
        "write the complete ARN, its six random characters included: "
        "arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME-XXXXXX"
    )


def key_arn(arn: str) -> str | None:
    """A key's ARN: roles that name an alias have no effect on the key."""
    if re.fullmatch(rf"arn:aws[a-z-]*:kms:{_REGION}:{_ACCOUNT}:key/[A-Za-z0-9-]+", arn):
        return None
    return "write the key's ARN, not an alias: arn:aws:kms:REGION:ACCOUNT:key/KEY-ID"


def topic_arn(arn: str) -> str | None:
    """A standard topic's ARN: alarms cannot publish to FIFO topics, whose names end in .fifo."""
    if re.fullmatch(rf"arn:aws[a-z-]*:sns:{_REGION}:{_ACCOUNT}:[A-Za-z0-9_-]{{1,256}}", arn):
        return None
    return "write the ARN of a standard topic: arn:aws:sns:REGION:ACCOUNT:NAME"


def policy_arn(arn: str) -> str | None:
    """The ARN of a managed policy, AWS's or the account's."""
    if re.fullmatch(rf"arn:aws[a-z-]*:iam::(?:aws|{_ACCOUNT}):policy/[\w+=,.@/-]+", arn):
        return None
    return "write the ARN of a managed policy: arn:aws:iam::ACCOUNT:policy/NAME"


def code_signing_config_arn(arn: str) -> str | None:
    """https://docs.aws.amazon.com/lambda/latest/api/API_CodeSigningConfig.html"""
    kind = "code-signing-config"
    if re.fullmatch(rf"arn:aws[a-z-]*:lambda:{_REGION}:{_ACCOUNT}:{kind}:csc-[a-z0-9]{{17}}", arn):
        return None
    return f"write the ARN of a code signing config: arn:aws:lambda:REGION:ACCOUNT:{kind}:csc-..."


def retention(days: int) -> str | None:
    """CloudWatch Logs takes a list of numbers, not every number."""
    if days in LOG_RETENTION_DAYS:
        return None
    return f"write one of {', '.join(map(str, LOG_RETENTION_DAYS))}"


def tags(wanted: Mapping[str, str]) -> str | None:
    """https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html"""
    for fix in filter(None, (_tag(key, value) for key, value in wanted.items())):
        return fix
    if len({key.lower() for key in wanted}) < len(wanted):
        return "write every key once: IAM does not tell capitals from small letters"
    if len(wanted) > MOST_TAGS:
        return f"write at most {MOST_TAGS} tags"
    return None


def _tag(key: str, value: str) -> str | None:
    if key.lower().startswith("aws:"):
        return 'write other keys: AWS reserves those that begin with "aws:"'
    if key.lower() == ROTATOR_TAG:
        return f'write other keys: "{ROTATOR_TAG}" is what the rotator itself sets'
    if not (_TAG_KEY.fullmatch(key) and _TAG_VALUE.fullmatch(value)):
        return (
            "write letters, digits, spaces and + - = . _ : / @, "
            "1 to 128 of them as key and at most 256 as value"
        )
    return None
