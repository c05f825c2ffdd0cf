"""Rules for paths and names of IAM roles and policies, and generated names."""

import hashlib
import re
from enum import StrEnum
from typing import Annotated, Final

from token_rotator_cdk.config.rules.rule import Rule, matching

MAX_PATH_LENGTH: Final = 512
MAX_ROLE_NAME_LENGTH: Final = 64
"""Policy names may be longer but follow the same scheme."""

MAX_PREFIX_LENGTH: Final = 30
_MAX_REGION_LENGTH: Final = 16
_HASH_DIGITS: Final = 8
_MAX_READABLE_LENGTH: Final = (
    MAX_ROLE_NAME_LENGTH - len("-") - _HASH_DIGITS - len("-") - _MAX_REGION_LENGTH
)
"""For the prefix, the role's kind, and as much of the rotator's name as fits."""

_ROLE_NAME_FORM: Final = re.compile(rf"-[0-9a-f]{{{_HASH_DIGITS}}}-[a-z]+(?:-[a-z]+)+-[0-9]+")

# the strictest of three: IAM's role paths and policy paths, and Lambda's role ARNs
# https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicy.html
# https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html
_PATH: Final = "/(?:[A-Za-z0-9._+=,@-]+/)*"


class RoleKind(StrEnum):
    """The kinds of a rotator's roles and policies; part of their names."""

    ROTATE = "rotate"
    """The function's execution role."""
    INVOKE = "invoke"
    """Lets EventBridge Scheduler invoke the function."""
    READ = "read"
    """The reader policy."""
    SHARE = "share"
    """The role of ``share_with``."""
    OPERATE = "operate"
    """The operator policy."""
    MAIL = "mail"
    """Lets EventBridge publish alerts to the topic."""


def role_name(prefix: str, kind: RoleKind, *, of: str, path: str, region: str) -> str:
    """The name of a role or policy. ``of`` is the rotator's name, ``region`` may be a token.

    IAM names are unique per account, across regions and paths, so the name includes the region. It
    includes a hash of the path because a new path replaces the role, and CloudFormation creates the
    new role before it deletes the old one.
    """
    digest = hashlib.sha256("\n".join((of, kind, path)).encode()).hexdigest()[:_HASH_DIGITS]
    readable = f"{kind}-{re.sub('[^A-Za-z0-9]+', '-', of)}"
    return f"{f'{prefix}{readable}'[:_MAX_READABLE_LENGTH].rstrip('-')}-{digest}-{region}"


def has_role_name_form(name: str) -> bool:
    """Whether ``role_name`` generated a name; if not, CloudFormation did."""
    return _ROLE_NAME_FORM.search(name) is not None


def _path(path: str) -> str | None:
    if not re.fullmatch(_PATH, path):
        return (
            "begin and end it with a slash, with letters, digits and . _ + = , @ - between "
            'single slashes: "/teams/data/"'
        )
    if len(path) > MAX_PATH_LENGTH:
        return f"write at most {MAX_PATH_LENGTH} characters; this has {len(path)}"
    return None


RolePath = Annotated[str, Rule(_path, {"pattern": f"^{_PATH}$", "maxLength": MAX_PATH_LENGTH})]
"""https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html"""

RoleNamePrefix = Annotated[
    str,
    matching(
        f"[A-Za-z0-9_+=,.@-]{{1,{MAX_PREFIX_LENGTH}}}",
        f"write up to {MAX_PREFIX_LENGTH} letters, digits and _ + = , . @ -. A role's name has at "
        f"most {MAX_ROLE_NAME_LENGTH} characters",
    ),
]
"""https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html"""
