"""The function's environment: what a deployment tells its function."""

import json
from collections.abc import Mapping
from typing import Final

from pydantic import BaseModel

from token_rotator.contract import Variable
from token_rotator_cdk.config.aws_rules import ROTATOR_TAG
from token_rotator_cdk.config.models import RotatorConfig

ROOM_BYTES: Final = 4096
"""https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html"""


def environment(
    rotator: RotatorConfig,
    *,
    rotator_name: str,
    parameter_tags: Mapping[str, str],
    secret_arn: str,
    key_arn: str,
) -> dict[str, str]:
    """The function's variables; ``Settings.from_environment`` reads them."""
    return {
        **_chosen(rotator),
        **_chosen(rotator.identity_provider),
        Variable.ROTATOR: rotator_name,
        Variable.SECRET_ARN: secret_arn,
        Variable.PARAMETER_KEY_ARN: key_arn,
        Variable.PARAMETER_TAGS: _json({**parameter_tags, ROTATOR_TAG: rotator_name}),
    }


def _chosen(table: BaseModel) -> dict[str, str]:
    return {
        Variable(key.upper()): _text(getattr(table, key))
        for key, field in type(table).model_fields.items()
        if key.upper() in Variable.__members__
        and getattr(table, key) not in (None, field.get_default(call_default_factory=True))
    }


def _text(value: object) -> str:
    if isinstance(value, bool):
        return json.dumps(value)
    return ",".join(value) if isinstance(value, list | tuple) else str(value)


def _json(tags: Mapping[str, str]) -> str:
    return json.dumps(tags, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
