"""Rules for names and numbers of AWS."""

import re
from collections.abc import Mapping
from typing import Annotated, Final

from token_rotator_cdk.config.rules.rule import Rule, Strings, each, matching

ROTATOR_TAG: Final = "token-rotator"
"""The tag that the rotator adds to every parameter."""

LOG_RETENTION_DAYS: Final = (
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731),
    *(1096, 1827, 2192, 2557, 2922, 3288, 3653),
)
"""https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html"""

FOREVER: Final = 0
"""Logs are never deleted."""

MAX_PARAMETER_NAME_LENGTH: Final = 1011 - len(
    "arn:aws-us-gov:ssm:ap-southeast-99:111122223333:parameter"
)
"""PutParameter's limit of 1011 characters includes the ARN prefix."""

MAX_PARAMETER_NAME_LEVELS: Final = 15
MAX_TAGS: Final = 49
"""SSM allows 50 per parameter, and ROTATOR_TAG is one of them."""

MAX_ROTATOR_NAME_LENGTH: Final = 200
"""An alarm's name has at most 255 characters and begins with the rotator's name."""

MAX_EMAILS: Final = 15
"""Each is a resource in every stack. ``stack_limits`` leaves room for this many."""

MAX_RUNBOOK_URL_LENGTH: Final = 160
"""It ends an alarm's description, which has at most 1,024 characters."""

ACCOUNT: Final = "[0-9]{12}"
REGION: Final = "[a-z]+(?:-[a-z]+)+-[0-9]+"
"""Regular expressions. They do not check that the account or region exists."""

_LEVEL: Final = "[a-zA-Z0-9_.-]+"

MAX_LOG_GROUP_NAME_LENGTH: Final = 512
_LOG_GROUP_NAME: Final = "[a-zA-Z0-9._/#-]+"

EMAIL: Final = matching(
    r"[^\s@]+@[^\s@.]+(\.[^\s@.]+)+", "write an email address such as platform@example.com"
)
_TAG_KEY: Final = re.compile(r"[\w +=.:/@-]{1,128}")
_TAG_VALUE: Final = re.compile(r"[\w +=.:/@-]{1,256}")
"""CloudFormation rejects empty tag values of a stack."""


def is_account(text: str) -> bool:
    """Whether a text is an account ID."""
    return re.fullmatch(ACCOUNT, text) is not None


def _parameter_name(name: str) -> str | None:
    if not name.startswith("/"):
        return f'start it with a slash: "/{name[:40]}"'
    levels = name[1:].split("/")
    if not all(re.fullmatch(_LEVEL, level) for level in levels):
        return "write letters, digits and . - _ between single slashes, and no slash at the end"
    if levels[0].lower().startswith(("aws", "ssm")):
        return 'start it with another word: SSM reserves names that begin with "aws" and "ssm"'
    if len(levels) > MAX_PARAMETER_NAME_LEVELS:
        return f"write at most {MAX_PARAMETER_NAME_LEVELS} levels; this one has {len(levels)}"
    if len(name) > MAX_PARAMETER_NAME_LENGTH:
        return f"write at most {MAX_PARAMETER_NAME_LENGTH} characters; this has {len(name)}"
    return None


def _log_group_name(name: str) -> str | None:
    if not re.fullmatch(_LOG_GROUP_NAME, name):
        return "write letters, digits and . - _ / #"
    if name.startswith("aws/"):
        return 'start it with another word: CloudWatch Logs reserves names that begin with "aws/"'
    if len(name) > MAX_LOG_GROUP_NAME_LENGTH:
        return f"write at most {MAX_LOG_GROUP_NAME_LENGTH} characters; this has {len(name)}"
    return None


def _retention(days: int) -> str | None:
    if days in (*LOG_RETENTION_DAYS, FOREVER):
        return None
    return f"write one of {', '.join(map(str, LOG_RETENTION_DAYS))}, or {FOREVER} for no expiry"


def _tags(tags: Mapping[str, str]) -> str | None:
    for fix in filter(None, (_tag(key, value) for key, value in tags.items())):
        return fix
    if len({key.lower() for key in tags}) < len(tags):
        return "write every key once: IAM ignores case in tag keys"
    if len(tags) > MAX_TAGS:
        return f"write at most {MAX_TAGS} tags"
    return None


def _tag(key: str, value: str) -> str | None:
    if key.lower().startswith("aws:"):
        return 'rename the keys that begin with "aws:", which AWS reserves'
    if key.lower() == ROTATOR_TAG:
        return f'rename the key "{ROTATOR_TAG}", which the rotator itself sets'
    if not (_TAG_KEY.fullmatch(key) and _TAG_VALUE.fullmatch(value)):
        return (
            "write letters, digits, spaces and + - = . _ : / @, without tabs or line breaks: "
            "1 to 128 characters in a key and 1 to 256 in a value"
        )
    return None


StackName = Annotated[
    str,
    matching(
        "[A-Za-z][A-Za-z0-9-]{0,127}",
        "write up to 128 letters, digits and hyphens, starting with a letter",
    ),
]
"""https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html"""

RunbookUrl = Annotated[
    str,
    Rule(
        lambda url: (
            None
            if len(url) <= MAX_RUNBOOK_URL_LENGTH
            and re.fullmatch(r"https?://[!-~]+", url)
            and "#" not in url
            else f"write a URL of up to {MAX_RUNBOOK_URL_LENGTH} characters without #, such as "
            "https://wiki.example.com/token-rotator/runbook"
        ),
        {"pattern": "^https?://", "maxLength": MAX_RUNBOOK_URL_LENGTH},
    ),
]

AccountId = Annotated[str, matching(ACCOUNT, 'write 12 digits in quotes: "111122223333"')]

Region = Annotated[str, matching(REGION, "write a region such as eu-west-1")]
RotatorName = Annotated[
    str,
    Rule(
        lambda name: (
            None
            if len(name) <= MAX_ROTATOR_NAME_LENGTH and re.fullmatch("[A-Za-z0-9/_+=.@-]+", name)
            else f"write up to {MAX_ROTATOR_NAME_LENGTH} letters, digits and / _ + = . @ -"
        )
    ),
]
"""Characters allowed in a secret's name. Alarms, metrics and a tag use it too."""

ParameterName = Annotated[
    str,
    Rule(
        _parameter_name,
        {
            "pattern": f"^(?:/{_LEVEL}){{1,{MAX_PARAMETER_NAME_LEVELS}}}$",
            "maxLength": MAX_PARAMETER_NAME_LENGTH,
        },
    ),
]
"""https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html"""

LogGroupName = Annotated[
    str,
    Rule(
        _log_group_name,
        {
            "pattern": f"^(?!aws/){_LOG_GROUP_NAME}$",
            "maxLength": MAX_LOG_GROUP_NAME_LENGTH,
        },
    ),
]
"""https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html"""

RetentionDays = Annotated[int, Rule(_retention, {"enum": [*LOG_RETENTION_DAYS, FOREVER]})]
"""CloudWatch Logs accepts only certain numbers."""

Tags = Annotated[Mapping[str, str], Rule(_tags, {"maxProperties": MAX_TAGS})]
"""https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html"""

Emails = Annotated[
    Strings,
    each(EMAIL, at_most=MAX_EMAILS, alternative="a mailing list, or alarm_topic_arn"),
]
"""Addresses that Amazon SNS asks to confirm a subscription."""
