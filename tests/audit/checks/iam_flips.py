"""Check: each refused call is allowed when its safeguard is removed."""

from collections.abc import Iterator
from typing import Final

from tests.audit.evidence import Check, Evidence
from tests.audit.iam.call import ALLOWED, decisions
from tests.audit.iam.cases import Case, cases, few_cases
from tests.audit.iam.changes import Change, concerns, without
from tests.audit.iam.refusal import Refusal


def run(audited: tuple[Case, ...] = ()) -> Evidence:
    """Evaluates every refused call with its safeguard removed from each relevant statement."""
    asked = list(_widened(audited or cases()))
    answers = decisions((change.account, refusal.call) for _, refusal, change in asked)
    flips = {
        (case.name, id(refusal))
        for (case, refusal, _), answer in zip(asked, answers, strict=True)
        if answer == ALLOWED
    }
    every = [(case, refusal) for case in audited or cases() for refusal in case.refused]
    return Evidence(
        cases=len(every),
        misses=tuple(
            f"{case.name}: {refusal.call} is refused without {refusal.safeguard.name}, too"
            for case, refusal in every
            if (case.name, id(refusal)) not in flips
        ),
    )


def _widened(audited: tuple[Case, ...]) -> Iterator[tuple[Case, Refusal, Change]]:
    for case in audited:
        changes = {
            safeguard: tuple(without(case.account, safeguard))
            for safeguard in {refusal.safeguard for refusal in case.refused}
        }
        for refusal in case.refused:
            for change in changes[refusal.safeguard]:
                if concerns(case.account, change.policy, refusal.call):
                    yield case, refusal, change


CHECK: Final = Check(
    says="IAM: each refusal ends when its one safeguard is taken away",
    run=run,
    in_gate=lambda: run(few_cases()),
)
