"""Check: the policies allow every call that a deployment needs."""

from typing import Final

from tests.audit.evidence import Check, Evidence
from tests.audit.iam.call import ALLOWED, decisions
from tests.audit.iam.cases import Case, cases


def run(audited: tuple[Case, ...] = ()) -> Evidence:
    """Evaluates every call of the function, its triggers, its alarms and its consumers."""
    asked = [(case, call) for case in audited or cases() for call in case.needed]
    answers = decisions((case.account, call) for case, call in asked)
    return Evidence(
        cases=len(asked),
        misses=tuple(
            f"{case.name}: {call}: {answer}"
            for (case, call), answer in zip(asked, answers, strict=True)
            if answer != ALLOWED
        ),
    )


CHECK: Final = Check(says="IAM: every call that a deployment needs is allowed", run=run)
