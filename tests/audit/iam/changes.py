"""Changed policies: one statement at a time is widened, narrowed or removed."""

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
    """A change of one statement of a policy."""

    says: str
    policy: str
    account: Account
    """The account with the changed policy."""


def concerns(account: Account, policy: str, call: Call) -> bool:
    """Whether the policy applies to the call."""
    return policy in account.of_principal.get(call.principal, ()) or policy == (
        account.of_resource.get(call.resource)
    )


def without(account: Account, safeguards: Safeguard) -> Iterator[Change]:
    """Each statement with these safeguards removed: `*`, no condition, or no denial."""
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
    """A resource policy always means its resource, and ``kms:*`` in a key policy is no limit."""
    if of_a_resource and safeguard is Safeguard.RESOURCE:
        return False
    if of_a_resource and statement.get("Action") == "kms:*" and safeguard is Safeguard.ACTION:
        return False
    return _ELEMENTS[safeguard] in statement


def without_one_condition(account: Account) -> Iterator[Change]:
    """Each statement that allows, with one of its condition keys removed."""
    for policy, number, statement in _statements(account):
        for operator, keys in statement.get("Condition", {}).items():
            for key in keys if statement["Effect"] == "Allow" else ():
                wider = copy.deepcopy(statement)
                del wider["Condition"][operator][key]
                if not wider["Condition"][operator]:
                    del wider["Condition"][operator]
                yield _changed(account, policy, number, wider, f"no condition on {key}")


def with_less(account: Account) -> Iterator[Change]:
    """Each statement that allows, with one of its actions or resources removed."""
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
