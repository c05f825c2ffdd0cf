"""Which link of the chain is broken? Everything that a rotation does, except publish."""

from typing import Final

from token_rotator_cli.check import parameter_steps, token_steps
from token_rotator_cli.findings import CheckContext
from token_rotator_cli.steps import Step

STEPS: Final[tuple[Step[CheckContext], ...]] = (
    Step(look=token_steps.function, needs=None),
    Step(look=token_steps.secret),
    Step(look=token_steps.key, needs="secret"),
    Step(look=token_steps.discovery, needs="key"),
    Step(look=token_steps.assertion, needs="discovery"),
    Step(look=parameter_steps.role, optional=True),
    Step(look=parameter_steps.record),
    Step(look=parameter_steps.schedules, optional=True),
)
