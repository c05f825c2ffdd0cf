"""Sequences that random search rarely finds. Each fails if a certain safeguard is removed."""

from collections.abc import Sequence

from studies.simulation.scripted import ScriptedOutcome
from studies.simulation.services import Fault, Service
from studies.simulation.steps import SLOWEST, Step

_SSM, _IDP, _SECRETS = (
    Service.PARAMETER_STORE,
    Service.IDENTITY_PROVIDER,
    Service.SECRETS_MANAGER,
)
_QUICK: ScriptedOutcome = (None, 0.01)
_SLOW: ScriptedOutcome = (None, SLOWEST[_SSM])
_THROTTLED: ScriptedOutcome = (Fault.THROTTLED, 0.01)


def _step(
    change: str | None = None,
    *,
    ssm: Sequence[ScriptedOutcome] = (),
    idp: Sequence[ScriptedOutcome] = (),
    secrets: Sequence[ScriptedOutcome] = (),
) -> Step:
    answers = {_SSM: list(ssm), _IDP: list(idp), _SECRETS: list(secrets)}
    return Step(pause=30.0, change=change, event={}, answers=answers)


THE_WRITES_ANSWER_IS_LOST = [_step(ssm=[_QUICK, _QUICK, (Fault.LOST_ANSWER, 0.01)])]

THE_WRITES_ANSWER_IS_LOST_AND_LATER_READS_FAIL = [
    _step(ssm=[_QUICK, _QUICK, (Fault.LOST_ANSWER, 0.01), *[_THROTTLED] * 100])
]

THE_LAST_READ_FAILS_WHILE_A_NEWER_TOKEN_IS_PUBLISHED = [
    _step(),
    _step("newer", ssm=[_QUICK, _THROTTLED]),
]

THE_SAME_WRONG_KEY_IS_STORED_TWICE = [_step(), _step("unknown key"), _step("unknown key")]

THE_LAST_REQUEST_TAKES_ALL_REMAINING_TIME = [
    _step(
        ssm=[_SLOW] * 10,
        secrets=[_SLOW],
        idp=[(None, 12.99), (Fault.UNREACHABLE, 0.01), (None, 12.7)],
    )
]

THE_NEW_PARAMETERS_WRITE_IS_REPEATED_LATE = [
    _step(
        ssm=[_SLOW, (Fault.THROTTLED, 5.0), *[_SLOW] * 10],
        secrets=[_SLOW],
        idp=[(None, 12.0), (None, 12.0)],
    )
]

HARD_CASES = (
    THE_WRITES_ANSWER_IS_LOST,
    THE_WRITES_ANSWER_IS_LOST_AND_LATER_READS_FAIL,
    THE_LAST_READ_FAILS_WHILE_A_NEWER_TOKEN_IS_PUBLISHED,
    THE_SAME_WRONG_KEY_IS_STORED_TWICE,
    THE_LAST_REQUEST_TAKES_ALL_REMAINING_TIME,
    THE_NEW_PARAMETERS_WRITE_IS_REPEATED_LATE,
)
