"""``token-rotator check``: everything that a rotation does, except publish."""

from typing import Final

from token_rotator_cli.check import (
    account_steps,
    alarm_steps,
    key_steps,
    network_steps,
    parameter_steps,
    token_steps,
)
from token_rotator_cli.check.context import CheckContext
from token_rotator_cli.session import Session
from token_rotator_cli.steps import Step, run_steps

STEPS: Final[tuple[Step[CheckContext], ...]] = (
    Step(run=token_steps.function, needs=None),
    Step(run=network_steps.state),
    Step(run=token_steps.secret),
    Step(run=token_steps.key, needs="secret"),
    Step(run=token_steps.discovery, needs="key"),
    Step(run=token_steps.assertion, needs="discovery"),
    Step(run=parameter_steps.role, optional=True),
    Step(run=key_steps.encryption_key, optional=True),
    Step(run=parameter_steps.record),
    Step(run=parameter_steps.writers, optional=True),
    Step(run=parameter_steps.schedules, optional=True),
    Step(run=alarm_steps.alarms, optional=True),
    Step(run=account_steps.concurrency, needs=None, optional=True),
)


def check(session: Session) -> int:
    """The exit code."""
    return run_steps(STEPS, CheckContext(session), session.console)
