"""``token-rotator check``: shows the steps of a rotation, and checks the resources in AWS."""

from typing import Final

from token_rotator.contract import RotationStep
from token_rotator_cli.check import (
    account_steps,
    alarm_steps,
    function_steps,
    parameter_steps,
    rotation_steps,
    stack_steps,
    trigger_steps,
)
from token_rotator_cli.check.context import CheckContext
from token_rotator_cli.session import Session
from token_rotator_cli.steps import Step, run_steps

STEPS: Final[tuple[Step[CheckContext], ...]] = (
    Step(run=function_steps.rotator, needs=None),
    Step(run=function_steps.function, needs="rotator"),
    Step(run=function_steps.state),
    Step(run=rotation_steps.invocation),
    *(Step(run=rotation_steps.reported_step(step), needs="rotator") for step in RotationStep),
    Step(run=parameter_steps.record, needs="rotator"),
    Step(run=parameter_steps.encryption_key, optional=True),
    Step(run=parameter_steps.writers, needs="rotator", optional=True),
    Step(run=trigger_steps.schedules, needs="rotator", optional=True),
    Step(run=trigger_steps.triggered, needs="schedules", optional=True),
    Step(run=trigger_steps.rules, needs="rotator", optional=True),
    Step(run=trigger_steps.roles, needs="schedules", optional=True),
    Step(run=alarm_steps.alarms, needs="rotator", optional=True),
    Step(run=alarm_steps.subscribers, needs="alarms", optional=True),
    Step(run=stack_steps.log, needs="rotator", optional=True),
    Step(run=account_steps.concurrency, needs=None, optional=True),
    Step(run=stack_steps.drift, needs="rotator", optional=True),
)


def check(session: Session) -> int:
    """Runs the command and returns the exit code."""
    return run_steps(STEPS, CheckContext(session), session.console)
