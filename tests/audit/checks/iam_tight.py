"""Check: every part of every policy is necessary, and every restriction has an effect.

Removing an action or resource must stop a needed call. Removing a restriction must allow a refused
call.
"""

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Final

from tests.audit.evidence import Check, Evidence
from tests.audit.iam.account import Account
from tests.audit.iam.call import ALLOWED, Call, decisions
from tests.audit.iam.cases import Case, cases, few_cases
from tests.audit.iam.changes import Change, concerns, with_less, without, without_one_condition
from tests.audit.iam.refusal import Safeguard

ONE_BY_ONE: Final = (Safeguard.ACTION, Safeguard.RESOURCE, Safeguard.PRINCIPAL, Safeguard.DENY)
"""Removed one at a time. Conditions are removed key by key."""


def run(audited: tuple[Case, ...] = ()) -> Evidence:
    """Evaluates each change to an action, resource, principal or condition of a statement."""
    misses: list[str] = []
    changes = 0
    for case in audited or cases():
        refused = [refusal.call for refusal in case.refused]
        for change, noticed in chain(
            _noticed(case.account, with_less(case.account), case.needed, by_being_allowed=False),
            _noticed(case.account, _wider(case.account), refused, by_being_allowed=True),
        ):
            changes += 1
            if not noticed:
                misses.append(f"{case.name}: {change.says}, and no call of the tables notices")
    return Evidence(cases=changes, misses=tuple(misses))


def _wider(account: Account) -> Iterator[Change]:
    for safeguard in ONE_BY_ONE:
        yield from without(account, safeguard)
    yield from without_one_condition(account)


def _noticed(
    account: Account, changes: Iterator[Change], calls: Iterable[Call], *, by_being_allowed: bool
) -> Iterator[tuple[Change, bool]]:
    every = tuple(changes)
    asked = [
        (change, call)
        for change in every
        for call in calls
        if concerns(account, change.policy, call)
    ]
    answers = decisions((change.account, call) for change, call in asked)
    noticed = {
        change.says
        for (change, _), answer in zip(asked, answers, strict=True)
        if (answer == ALLOWED) == by_being_allowed
    }
    for change in every:
        yield change, change.says in noticed


CHECK: Final = Check(
    says="IAM: no action, resource or condition that nothing needs",
    run=run,
    in_gate=lambda: run(few_cases()),
)
