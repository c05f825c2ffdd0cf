"""The function's settings, from its environment variables."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import Final, TypeVar, cast

from token_rotator.contract import (
    RESTORE,
    Algorithm,
    GrantType,
    Profile,
    RequestStyle,
    ScopeIn,
    ValueFormat,
    Variable,
)
from token_rotator.errors import ConfigurationError

T = TypeVar("T")

ClaimValue = str | int | bool

_BOOLEANS: Final[Mapping[str, bool]] = MappingProxyType({"true": True, "false": False})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The function's settings. contract.Variable describes them and the meaning of None (empty).

    There are no defaults, so the environment shows every value in use.
    """

    rotator: str
    secret_arn: str
    parameter_name: str
    parameter_key_arn: str
    parameter_tags: Mapping[str, str]
    discovery_endpoint: str | None
    token_endpoint: str | None
    allowed_token_hosts: frozenset[str]
    allow_private_addresses: bool
    extra_ca_certificates: str | None
    audience: str | None
    profile: Profile
    grant_type: GrantType
    request_style: RequestStyle
    assertion_lifetime: timedelta | None
    assertion_backdate: timedelta
    algorithm: Algorithm
    key_id: str | None
    scope: str | None
    scope_in: ScopeIn
    subject: str | None
    claims: Mapping[str, ClaimValue]
    headers: Mapping[str, str]
    key_lifetime: timedelta | None
    token_lifetime: timedelta
    value_format: ValueFormat
    expiration_grace: timedelta

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Settings":
        """Reads the environment variables of contract.Variable.

        Raises ConfigurationError with every missing or invalid variable.
        """
        read = _Reader(environment)
        settings = cls(
            rotator=read(Variable.ROTATOR, str),
            secret_arn=read(Variable.SECRET_ARN, str),
            parameter_name=read(Variable.PARAMETER_NAME, str),
            parameter_key_arn=read(Variable.PARAMETER_KEY_ARN, str),
            parameter_tags=read(Variable.PARAMETER_TAGS, _string_map),
            discovery_endpoint=read.optional(Variable.DISCOVERY_ENDPOINT, str),
            token_endpoint=read.optional(Variable.TOKEN_ENDPOINT, str),
            allowed_token_hosts=read.optional(Variable.ALLOWED_TOKEN_HOSTS, _hosts) or frozenset(),
            allow_private_addresses=read(Variable.ALLOW_PRIVATE_ADDRESSES, _BOOLEANS.__getitem__),
            extra_ca_certificates=read.optional(Variable.EXTRA_CA_CERTIFICATES, str),
            audience=read.optional(Variable.AUDIENCE, str),
            profile=read(Variable.PROFILE, Profile),
            grant_type=read(Variable.GRANT_TYPE, GrantType),
            request_style=read(Variable.REQUEST_STYLE, RequestStyle),
            assertion_lifetime=read.optional(Variable.ASSERTION_LIFETIME_SECONDS, _seconds),
            assertion_backdate=read(Variable.ASSERTION_BACKDATE_SECONDS, _seconds),
            algorithm=read(Variable.ALGORITHM, Algorithm),
            key_id=read.optional(Variable.KEY_ID, str),
            scope=read.optional(Variable.SCOPE, str),
            scope_in=read(Variable.SCOPE_IN, ScopeIn),
            subject=read.optional(Variable.SUBJECT, str),
            claims=read(Variable.CLAIMS, _json_object),
            headers=read(Variable.HEADERS, _string_map),
            key_lifetime=read.optional(Variable.KEY_LIFETIME_DAYS, _days),
            token_lifetime=read(Variable.TOKEN_LIFETIME_SECONDS, _seconds),
            value_format=read(Variable.VALUE_FORMAT, ValueFormat),
            expiration_grace=read(Variable.EXPIRATION_GRACE_MINUTES, _minutes),
        )
        read.raise_issues()
        return settings


class _Reader:
    """Reads variables and collects their problems."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self._issues: list[str] = []

    def __call__(self, variable: Variable, convert: Callable[[str], T]) -> T:
        """Reads a required variable."""
        value = self.optional(variable, convert)
        if self._environment.get(variable) == "":
            self._issues.append(f"{variable} is empty")
        return cast("T", value)  # a None is never used, because raise_issues follows

    def optional(self, variable: Variable, convert: Callable[[str], T]) -> T | None:
        """Reads a variable that may be empty."""
        value = self._environment.get(variable)
        if value is None:
            self._issues.append(f"{variable} is missing")
        if not value:
            return None
        try:
            return convert(value)
        except (ValueError, KeyError):
            self._issues.append(f"{variable} cannot be {value!r}")
            return None

    def raise_issues(self) -> None:
        if self._issues:
            raise ConfigurationError(
                f"The function's environment variables are wrong: {'; '.join(self._issues)}. "
                f"The stack sets all of them: {RESTORE}."
            )


def _json_object(text: str) -> Mapping[str, ClaimValue]:
    document = json.loads(text)
    if not isinstance(document, dict):
        raise ValueError("not a JSON object")  # noqa: TRY004 - like other invalid values
    return document


def _string_map(text: str) -> Mapping[str, str]:
    return {key: str(value) for key, value in _json_object(text).items()}


def _hosts(text: str) -> frozenset[str]:
    return frozenset(text.lower().split(","))


def _seconds(text: str) -> timedelta:
    return timedelta(seconds=int(text))


def _minutes(text: str) -> timedelta:
    return timedelta(minutes=int(text))


def _days(text: str) -> timedelta:
    return timedelta(days=int(text))
