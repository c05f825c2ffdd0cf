"""What is the function told at deploy time? What differs from the defaults both sides know."""

import json
from collections.abc import Mapping
from dataclasses import fields
from typing import Final

from token_rotator.contract import Variable
from token_rotator_cdk.config.aws_rules import ROTATOR_TAG
from token_rotator_cdk.config.models import RotatorConfig, StackConfig, default_of

ROOM_BYTES: Final = 4096
"""https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html"""


def rotator_name(stack: StackConfig, rotator: RotatorConfig) -> str:
    """What metrics, logs and tags call a rotator.

    The stack's name is part of it: two stacks of an account may each have a ``marketing``, and the
    tokens that one publishes must not keep the other one's dead man's switch quiet.
    """
    return f"{rotator.stack or stack.name}/{rotator.name}"


def environment(
    stack: StackConfig,
    rotator: RotatorConfig,
    *,
    secret_arn: str,
    key_arn: str,
) -> dict[str, str]:
    """The function's variables; ``Settings.from_environment`` reads them."""
    chosen: dict[str, str] = {
        Variable(setting.name.upper()): _text(getattr(rotator, setting.name))
        for setting in fields(rotator)
        if setting.name.upper() in Variable.__members__
        and getattr(rotator, setting.name) not in (None, default_of(setting))
    }
    return {
        **chosen,
        Variable.ROTATOR: rotator_name(stack, rotator),
        Variable.SECRET_ARN: secret_arn,
        Variable.PARAMETER_KEY_ARN: key_arn,
        Variable.PARAMETER_TAGS: _json({**stack.tags, ROTATOR_TAG: rotator_name(stack, rotator)}),
    }


def _text(value: object) -> str:
    if isinstance(value, bool):
        return json.dumps(value)
    return ",".join(value) if isinstance(value, tuple) else str(value)


def _json(tags: Mapping[str, str]) -> str:
    return json.dumps(tags, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
