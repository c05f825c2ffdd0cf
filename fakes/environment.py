"""The environment variables of a function, as the stack sets them."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from token_rotator_cdk.config.environment import environment
from token_rotator_cdk.config.models.rotator import RotatorConfig

_NO_TAGS: Mapping[str, str] = MappingProxyType({})


def function_environment(
    *,
    rotator: str = "tokens/marketing",
    secret_arn: str = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:s-AbCdEf",
    parameter_name: str = "/intelligence/marketing/access-token",
    key_arn: str = "arn:aws:kms:eu-west-1:111122223333:key/k",
    tags: Mapping[str, str] = _NO_TAGS,
    **settings: Any,
) -> dict[str, str]:
    """All variables of a rotator with the given settings of ``rotators.toml``."""
    return environment(
        RotatorConfig(parameter_name=parameter_name, **settings),
        rotator_name=rotator,
        parameter_tags=tags,
        fips=False,
        secret_arn=secret_arn,
        key_arn=key_arn,
    )
