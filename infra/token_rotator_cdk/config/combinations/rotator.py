"""Conflicts within one rotator's table, and with its stack."""

from collections.abc import Callable, Iterator
from typing import Final

from token_rotator_cdk.config.combinations.conflict import Conflict, RotatorContext, Usable
from token_rotator_cdk.config.defaults import PROFILES
from token_rotator_cdk.config.environment import MAX_ENVIRONMENT_BYTES, environment
from token_rotator_cdk.config.issues import KeyPath
from token_rotator_cdk.config.models.rotator import RotatorConfig
from token_rotator_cdk.config.places import (
    KEY,
    ORGANIZATION,
    SECRET,
    Place,
    account_of,
    misplaced,
    region_of,
)
from token_rotator_cdk.config.rules.aws import is_account
from token_rotator_cdk.config.rules.rotator import (
    MIN_WATCHDOG_SECONDS,
    SCHEDULE_JITTER_SECONDS,
)


def conflicts(
    rotator: RotatorConfig, context: RotatorContext, usable: Usable
) -> Iterator[Conflict]:
    """Conflicts of one rotator. Skips settings that already have an issue."""
    for paths, check in _CHECKS:
        if all(usable(*path) for path in paths):
            yield from check(rotator, context)


def _interval_fits_the_lifetime(rotator: RotatorConfig, _: RotatorContext) -> Iterator[Conflict]:
    lifetime = rotator.token_lifetime_seconds
    max_interval = (lifetime - SCHEDULE_JITTER_SECONDS - 1) // 60
    if max_interval < 1:
        min_lifetime = 60 + SCHEDULE_JITTER_SECONDS + 1
        yield Conflict(
            _LIFETIME,
            f"write at least {min_lifetime}: a schedule runs once a minute at most, and up to "
            f"{SCHEDULE_JITTER_SECONDS} s late",
        )
    elif rotator.interval_minutes > max_interval:
        yield Conflict(
            _INTERVAL,
            f"write at most {max_interval}: a token lives {lifetime} s (token_lifetime_seconds), "
            f"and a schedule can be {SCHEDULE_JITTER_SECONDS} s late",
        )


def _watchdog_fits_the_lifetime(rotator: RotatorConfig, _: RotatorContext) -> Iterator[Conflict]:
    lifetime = rotator.token_lifetime_seconds
    if rotator.watchdog_min_remaining_seconds < lifetime:
        return
    allowed_values = (
        f"{MIN_WATCHDOG_SECONDS} to {lifetime - 1}, or 0 for no watchdog"
        if lifetime > MIN_WATCHDOG_SECONDS
        else "0 (no watchdog)"
    )
    yield Conflict(
        _WATCHDOG,
        f"write {allowed_values}: no token has more than {lifetime} s left "
        "(token_lifetime_seconds)",
    )


def _profile_allows_the_algorithm(rotator: RotatorConfig, _: RotatorContext) -> Iterator[Conflict]:
    provider = rotator.identity_provider
    allowed = PROFILES[provider.profile].algorithms
    if provider.algorithm is not None and provider.algorithm not in allowed:
        names = ", ".join(allowed)
        yield Conflict(_ALGORITHM, f'write {names}: profile "{provider.profile}" allows no other')


def _profile_supports_the_setting(rotator: RotatorConfig, _: RotatorContext) -> Iterator[Conflict]:
    provider = rotator.identity_provider
    for key in sorted(
        frozenset().union(*(profile.supported_settings for profile in PROFILES.values()))
    ):
        if (
            getattr(provider, key) in (None, {})
            or key in PROFILES[provider.profile].supported_settings
        ):
            continue
        others = [
            f'"{name}"' for name, profile in PROFILES.items() if key in profile.supported_settings
        ]
        yield Conflict(
            ("identity_provider", key),
            f'leave it out: profile "{provider.profile}" does not support it; '
            f"{' and '.join(others)} {'does' if len(others) == 1 else 'do'}",
        )


def _scope_in_needs_a_scope(rotator: RotatorConfig, _: RotatorContext) -> Iterator[Conflict]:
    provider = rotator.identity_provider
    if provider.scope_in is not None and provider.scope is None:
        yield Conflict(_SCOPE_IN, "set scope too: scope_in only sets where the scope is sent")


def _private_addresses_need_a_vpc(rotator: RotatorConfig, _: RotatorContext) -> Iterator[Conflict]:
    if rotator.identity_provider.allow_private_addresses and rotator.vpc is None:
        yield Conflict(
            _PRIVATE_ADDRESSES,
            "leave it out, or set vpc too: without a VPC, the function cannot reach a private "
            "network (docs/network/vpc.md)",
        )


def _secret_can_be_used(rotator: RotatorConfig, context: RotatorContext) -> Iterator[Conflict]:
    secret, place = rotator.secret, context.place
    if secret is None:
        return
    if fix := misplaced(SECRET, secret.arn, place):
        yield Conflict(_SECRET, fix)
    elif secret.key_arn is None and place.account not in (None, account_of(secret.arn)):
        yield Conflict(
            _SECRET,
            f"set the secret's key_arn too, or use a secret in account {place.account}, where "
            f"{place.description}: other accounts cannot read secrets encrypted with "
            "aws/secretsmanager",
        )


def _key_and_secret_share_a_region(rotator: RotatorConfig, _: RotatorContext) -> Iterator[Conflict]:
    secret = rotator.secret
    if secret and secret.key_arn:
        place = Place(region=region_of(secret.arn), account=None, description="the secret is")
        if fix := misplaced(KEY, secret.key_arn, place):
            yield Conflict(_SECRET_KEY, fix)


def _sharing_stays_in_the_partition(
    rotator: RotatorConfig, context: RotatorContext
) -> Iterator[Conflict]:
    for position, principal in enumerate(rotator.share_with, start=1):
        if not is_account(principal) and (fix := misplaced(ORGANIZATION, principal, context.place)):
            yield Conflict(_SHARE_WITH, f"{fix} (entry {position})")


def _environment_fits(rotator: RotatorConfig, context: RotatorContext) -> Iterator[Conflict]:
    arn = "x" * 256
    rendered = environment(
        rotator,
        rotator_name=context.rotator_name,
        parameter_tags=context.parameter_tags,
        fips=context.fips,
        secret_arn=arn,
        key_arn=arn,
    )
    size = sum(len(name.encode()) + len(value.encode()) for name, value in rendered.items())
    if size > MAX_ENVIRONMENT_BYTES:
        yield Conflict(
            (),
            "shorten this table's values or the stack's tags: the function's environment variables "
            f"take {size} bytes, and Lambda allows {MAX_ENVIRONMENT_BYTES}",
        )


_LIFETIME: Final = ("token_lifetime_seconds",)
_INTERVAL: Final = ("interval_minutes",)
_WATCHDOG: Final = ("watchdog_min_remaining_seconds",)
_PROFILE: Final = ("identity_provider", "profile")
_ALGORITHM: Final = ("identity_provider", "algorithm")
_SCOPE: Final = ("identity_provider", "scope")
_SCOPE_IN: Final = ("identity_provider", "scope_in")
_PRIVATE_ADDRESSES: Final = ("identity_provider", "allow_private_addresses")
_VPC: Final = ("vpc",)
_SECRET: Final = ("secret", "arn")
_SECRET_KEY: Final = ("secret", "key_arn")
_SHARE_WITH: Final = ("share_with",)

_Check = Callable[[RotatorConfig, RotatorContext], Iterator[Conflict]]

_CHECKS: Final[tuple[tuple[tuple[KeyPath, ...], _Check], ...]] = (
    ((_INTERVAL, _LIFETIME), _interval_fits_the_lifetime),
    ((_WATCHDOG, _LIFETIME), _watchdog_fits_the_lifetime),
    ((_PROFILE, _ALGORITHM), _profile_allows_the_algorithm),
    ((_PROFILE,), _profile_supports_the_setting),
    ((_PROFILE, _SCOPE, _SCOPE_IN), _scope_in_needs_a_scope),
    ((_PRIVATE_ADDRESSES, _VPC), _private_addresses_need_a_vpc),
    ((_SECRET, _SECRET_KEY), _secret_can_be_used),
    ((_SECRET, _SECRET_KEY), _key_and_secret_share_a_region),
    ((_SHARE_WITH,), _sharing_stays_in_the_partition),
    ((), _environment_fits),
)
