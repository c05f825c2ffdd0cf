"""What if a policy said more, or less? One statement changed at a time."""

import copy
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from tests.audit.iam.account import Account, Policy
from tests.audit.iam.call import Call
from tests.audit.iam.refusal import Safeguard

Statement = dict[str, Any]
_ELEMENTS: Final = {
    Safeguard.ACTION: "Action",
    Safeguard.RESOURCE: "Resource",
    Safeguard.PRINCIPAL: "Principal",
}


class Change(NamedTuple):
    """One statement of one policy, changed."""

    says: str
    policy: str
    account: Account
    """With the change."""


def concerns(account: Account, policy: str, call: Call) -> bool:
    """Whether a policy is looked at when a call is decided."""
    return policy in account.of_principal.get(call.principal, ()) or policy == (
        account.of_resource.get(call.resource)
    )


def without(account: Account, safeguards: Safeguard) -> Iterator[Change]:
    """Every statement that has these safeguards, without them: `*`, no condition, no denial."""
    resources = set(account.of_resource.values())
    for policy, number, statement in _statements(account):
        wider = copy.deepcopy(statement)
        denies = statement["Effect"] == "Deny"
        if denies != (safeguards is Safeguard.DENY):
            continue
        if denies:
            yield _changed(account, policy, number, None, "nothing is denied")
            continue
        for safeguard in safeguards:
            if safeguard is Safeguard.CONDITION:
                wider.pop("Condition", None)
            elif _can_say_more(safeguard, statement, of_a_resource=policy in resources):
                wider[_ELEMENTS[safeguard]] = "*"
        if wider != statement:
            yield _changed(account, policy, number, wider, f"{safeguards.name} is *")


def _can_say_more(safeguard: Safeguard, statement: Statement, *, of_a_resource: bool) -> bool:
    """In a resource's own policy the resource is that one, and a key's actions are KMS's."""
    if of_a_resource and safeguard is Safeguard.RESOURCE:
        return False
    if of_a_resource and statement.get("Action") == "kms:*" and safeguard is Safeguard.ACTION:
        return False
    return _ELEMENTS[safeguard] in statement


def without_one_condition(account: Account) -> Iterator[Change]:
    """Every condition key of every statement that allows, dropped by itself."""
    for policy, number, statement in _statements(account):
        for operator, keys in statement.get("Condition", {}).items():
            for key in keys if statement["Effect"] == "Allow" else ():
                wider = copy.deepcopy(statement)
                del wider["Condition"][operator][key]
                if not wider["Condition"][operator]:
                    del wider["Condition"][operator]
                yield _changed(account, policy, number, wider, f"no condition on {key}")


def with_less(account: Account) -> Iterator[Change]:
    """Every action and every resource that is allowed, taken away by itself."""
    for policy, number, statement in _statements(account):
        for element in ("Action", "Resource") if statement["Effect"] == "Allow" else ():
            values = _listed(statement.get(element, []))
            for value in values:
                rest = [one for one in values if one != value]
                narrower = {**statement, element: rest} if rest else None
                yield _changed(account, policy, number, narrower, f"no {element} {value}")


def _statements(account: Account) -> Iterator[tuple[str, int, Statement]]:
    for name, policy in account.policies.items():
        for number, statement in enumerate(policy["Statement"]):
            yield name, number, statement


def _changed(
    account: Account, name: str, number: int, statement: Statement | None, says: str
) -> Change:
    policy: Policy = copy.deepcopy(account.policies[name])
    policy["Statement"][number : number + 1] = [] if statement is None else [statement]
    before = account.policies[name]["Statement"][number]
    told = f"{before['Effect']} {', '.join(_listed(before['Action']))}"
    return Change(
        says=f"{name}, statement {number + 1} ({told}): {says}",
        policy=name,
        account=account.with_policy(name, policy),
    )


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
