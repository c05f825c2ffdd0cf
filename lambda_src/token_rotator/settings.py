"""What was I told at deploy time?"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import Final, TypeVar

from token_rotator.contract import (
    PROFILES,
    Algorithm,
    Default,
    Profile,
    RequestStyle,
    ValueFormat,
    Variable,
)
from token_rotator.errors import ConfigurationError

T = TypeVar("T")

_NO_TAGS: Final[Mapping[str, str]] = MappingProxyType({})
_NO_HOSTS: Final[frozenset[str]] = frozenset()
_FLAG: Final[Mapping[str, bool]] = MappingProxyType({"true": True, "false": False})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The deployment's settings, the profile's defaults filled in."""

    rotator: str
    secret_arn: str
    parameter_name: str
    parameter_key_arn: str
    parameter_tags: Mapping[str, str]
    discovery_endpoint: str | None
    token_endpoint: str | None
    allowed_token_hosts: frozenset[str]
    allow_private_addresses: bool
    audience: str | None
    request_style: RequestStyle
    assertion_lifetime: timedelta | None
    algorithm: Algorithm
    key_id: str | None
    scope: str | None
    token_lifetime: timedelta
    value_format: ValueFormat
    expiration_grace: timedelta
    key_lifetime: timedelta | None

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Settings":
        """Reads the function's environment variables, the names of contract.Variable.

        Raises ConfigurationError, which names everything missing or malformed at once.
        """
        read = _Reader(environment)
        profile = read(Variable.PROFILE, PROFILES.__getitem__, PROFILES[Default.PROFILE])
        settings = cls(
            rotator=read.required(Variable.ROTATOR),
            secret_arn=read.required(Variable.SECRET_ARN),
            parameter_name=read.required(Variable.PARAMETER_NAME),
            parameter_key_arn=read.required(Variable.PARAMETER_KEY_ARN),
            parameter_tags=read(Variable.PARAMETER_TAGS, _tags, _NO_TAGS),
            discovery_endpoint=read(Variable.DISCOVERY_ENDPOINT, str, None),
            token_endpoint=read(Variable.TOKEN_ENDPOINT, str, None),
            allowed_token_hosts=_token_hosts(read, profile),
            allow_private_addresses=read(
                Variable.ALLOW_PRIVATE_ADDRESSES, _FLAG.__getitem__, Default.ALLOW_PRIVATE_ADDRESSES
            ),
            audience=read(Variable.AUDIENCE, str, None),
            request_style=read(Variable.REQUEST_STYLE, RequestStyle, profile.request_style),
            assertion_lifetime=_assertion_lifetime(read, profile),
            algorithm=read(Variable.ALGORITHM, Algorithm, profile.algorithms[0]),
            key_id=read(Variable.KEY_ID, str, None),
            scope=read(Variable.SCOPE, str, None),
            token_lifetime=timedelta(
                seconds=read(Variable.TOKEN_LIFETIME_SECONDS, int, Default.TOKEN_LIFETIME_SECONDS)
            ),
            value_format=read(Variable.VALUE_FORMAT, ValueFormat, Default.VALUE_FORMAT),
            expiration_grace=timedelta(
                minutes=read(
                    Variable.EXPIRATION_GRACE_MINUTES, int, Default.EXPIRATION_GRACE_MINUTES
                )
            ),
            key_lifetime=_days(profile.key_lifetime_days),
        )
        read.raise_mistakes()
        return settings


class _Reader:
    """Reads variables one by one and remembers what is wrong with them."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self._mistakes: list[str] = []

    def required(self, variable: Variable) -> str:
        value = self._environment.get(variable, "")
        if not value:
            self._mistakes.append(f"{variable} is missing")
        return value

    def __call__(self, variable: Variable, convert: Callable[[str], T], default: T) -> T:
        value = self._environment.get(variable, "")
        if not value:
            return default
        try:
            return convert(value)
        except (ValueError, KeyError):
            self._mistakes.append(f"{variable} cannot be {value!r}")
            return default

    def raise_mistakes(self) -> None:
        if self._mistakes:
            raise ConfigurationError(
                f"The function's environment is wrong: {'; '.join(self._mistakes)}. "
                "It is rendered from rotators.toml: deploy the stack again."
            )


def _days(count: int | None) -> timedelta | None:
    return None if count is None else timedelta(days=count)


def _tags(text: str) -> Mapping[str, str]:
    tags = json.loads(text)
    if not isinstance(tags, dict):
        raise ValueError("not a JSON object")  # noqa: TRY004 - one kind of mistake
    return {str(key): str(value) for key, value in tags.items()}


def _token_hosts(read: _Reader, profile: Profile) -> frozenset[str]:
    return frozenset(profile.token_hosts) | read(
        Variable.ALLOWED_TOKEN_HOSTS, lambda text: frozenset(text.lower().split(",")), _NO_HOSTS
    )


def _assertion_lifetime(read: _Reader, profile: Profile) -> timedelta | None:
    seconds = read(Variable.ASSERTION_LIFETIME_SECONDS, int, profile.assertion_lifetime_seconds)
    return None if seconds is None else timedelta(seconds=seconds)
