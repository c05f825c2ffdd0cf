"""Check: the policies refuse calls that no deployment needs."""

from typing import Final

from tests.audit.evidence import Check, Evidence
from tests.audit.iam.call import REFUSED, decisions
from tests.audit.iam.cases import Case, cases


def run(audited: tuple[Case, ...] = ()) -> Evidence:
    """Evaluates other parameters, secrets, contexts, actions, services, rules and accounts."""
    asked = [(case, refusal.call) for case in audited or cases() for refusal in case.refused]
    answers = decisions((case.account, call) for case, call in asked)
    return Evidence(
        cases=len(asked),
        misses=tuple(
            f"{case.name}: {call}: {answer}"
            for (case, call), answer in zip(asked, answers, strict=True)
            if answer not in REFUSED
        ),
    )


CHECK: Final = Check(says="IAM: other parameters, secrets, contexts, callers: refused", run=run)
