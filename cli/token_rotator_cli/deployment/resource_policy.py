"""Evaluates a resource policy for one request, as far as possible without AWS.

The IAM policy simulator does not evaluate policies of keys and topics in other accounts:
https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_testing-policies.html
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final


class Decision(StrEnum):
    """The result of an evaluation."""

    ALLOWED = "allowed"
    REFUSED = "refused"
    UNCLEAR = "unclear"
    """It depends on something that is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A call to evaluate."""

    principals: frozenset[str]
    """All principals that match the caller: a service, or a role and its account."""
    action: str
    resource: str
    context: Mapping[str, str]
    """Values of condition keys, which are in lowercase."""


def decide(policy: str, request: Request) -> Decision:
    """Evaluates a policy's JSON. A deny overrides any allow."""
    document = json.loads(policy)
    effects: dict[str, list[bool | None]] = {"Allow": [], "Deny": []}
    for statement in _as_list(document.get("Statement", [])):
        effects.setdefault(statement.get("Effect", ""), []).append(_applies(statement, request))
    if True in effects["Deny"]:
        return Decision.REFUSED
    if True in effects["Allow"]:
        return Decision.UNCLEAR if None in effects["Deny"] else Decision.ALLOWED
    return Decision.UNCLEAR if None in effects["Allow"] else Decision.REFUSED


def _applies(statement: Mapping[str, Any], request: Request) -> bool | None:
    """Whether a statement applies. None: unknown."""
    if {"NotPrincipal", "NotAction", "NotResource"} & statement.keys():
        return None
    return _all(
        (
            _principal_matches(statement.get("Principal", {}), request.principals),
            _matches_any(_as_list(statement.get("Action", [])), request.action, ignore_case=True),
            _matches_any(_as_list(statement.get("Resource", "*")), request.resource),
            *(
                _condition_matches(operator, key, _as_list(wanted), request.context)
                for operator, keys in statement.get("Condition", {}).items()
                for key, wanted in keys.items()
            ),
        )
    )


def _principal_matches(principal: object, names: Iterable[str]) -> bool:
    if not isinstance(principal, Mapping):
        return principal == "*"
    named = {one for kind in principal.values() for one in _as_list(kind)}
    return bool(named & {"*", *names})


def _condition_matches(
    operator: str, key: str, wanted: list[str], context: Mapping[str, str]
) -> bool | None:
    compare = _OPERATORS.get(operator.removesuffix("IfExists"))
    value = context.get(key.lower())
    if compare is None:
        return None
    patterns, negated = compare
    if value is None and key.lower().startswith(_ENCRYPTION_CONTEXT):
        return negated or operator.endswith("IfExists")
    if value is None:
        return None
    matched = _matches_any(wanted, value) if patterns else value in map(str, wanted)
    return matched is not negated


_ENCRYPTION_CONTEXT: Final = "kms:encryptioncontext:"
"""Condition keys that the call does not have unless the request lists them."""

_OPERATORS: Final[Mapping[str, tuple[bool, bool]]] = {
    "StringEquals": (False, False),
    "StringLike": (True, False),
    "ArnEquals": (True, False),
    "ArnLike": (True, False),
    "Bool": (False, False),
    "StringNotEquals": (False, True),
    "StringNotLike": (True, True),
    "ArnNotEquals": (True, True),
    "ArnNotLike": (True, True),
}
"""Operators: whether ``*`` is a wildcard, and whether a match is negated.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""


def _matches_any(patterns: list[str], text: str, *, ignore_case: bool = False) -> bool:
    flags = re.IGNORECASE if ignore_case else 0
    return any(re.fullmatch(_regex(one), text, flags) for one in patterns)


def _regex(pattern: str) -> str:
    return re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")


def _all(conditions: Iterable[bool | None]) -> bool | None:
    every = [*conditions]
    if False in every:
        return False
    return None if None in every else True


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
