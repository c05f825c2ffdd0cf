"""Conflicts within one rotator's table, and with its stack."""

from collections.abc import Callable, Iterator
from typing import Final

from token_rotator_cdk.config.combinations.conflict import Conflict, Surroundings, Usable
from token_rotator_cdk.config.defaults import PROFILES
from token_rotator_cdk.config.environment import ROOM_BYTES, environment
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
    SCHEDULE_JITTER_SECONDS,
    WATCHDOG_SHORTEST_SECONDS,
)


def conflicts(
    rotator: RotatorConfig, surroundings: Surroundings, usable: Usable
) -> Iterator[Conflict]:
    """Conflicts of one rotator. Skips settings that already have an issue."""
    for paths, find in _CHECKS:
        if all(usable(*path) for path in paths):
            yield from find(rotator, surroundings)


def _interval_fits_the_lifetime(rotator: RotatorConfig, _: Surroundings) -> Iterator[Conflict]:
    lifetime = rotator.token_lifetime_seconds
    longest = (lifetime - SCHEDULE_JITTER_SECONDS - 1) // 60
    if longest < 1:
        shortest = 60 + SCHEDULE_JITTER_SECONDS + 1
        yield Conflict(
            _LIFETIME,
            f"write at least {shortest}: a schedule runs once a minute at most, and up to "
            f"{SCHEDULE_JITTER_SECONDS} s late",
        )
    elif rotator.interval_minutes > longest:
        yield Conflict(
            _INTERVAL,
            f"write at most {longest}: a token lives {lifetime} s (token_lifetime_seconds), and a "
            f"schedule can be {SCHEDULE_JITTER_SECONDS} s late",
        )


def _watchdog_fits_the_lifetime(rotator: RotatorConfig, _: Surroundings) -> Iterator[Conflict]:
    lifetime = rotator.token_lifetime_seconds
    if rotator.watchdog_min_remaining_seconds < lifetime:
        return
    fitting = (
        f"{WATCHDOG_SHORTEST_SECONDS} to {lifetime - 1}, or 0 for no watchdog"
        if lifetime > WATCHDOG_SHORTEST_SECONDS
        else "0 (no watchdog)"
    )
    yield Conflict(
        _WATCHDOG,
        f"write {fitting}: no token has more than {lifetime} s left (token_lifetime_seconds)",
    )


def _profile_allows_the_algorithm(rotator: RotatorConfig, _: Surroundings) -> Iterator[Conflict]:
    provider = rotator.identity_provider
    allowed = PROFILES[provider.profile].algorithms
    if provider.algorithm is not None and provider.algorithm not in allowed:
        names = ", ".join(allowed)
        yield Conflict(_ALGORITHM, f'write {names}: profile "{provider.profile}" allows no other')


def _profile_takes_the_setting(rotator: RotatorConfig, _: Surroundings) -> Iterator[Conflict]:
    provider = rotator.identity_provider
    for key in sorted(frozenset().union(*(profile.takes for profile in PROFILES.values()))):
        if getattr(provider, key) in (None, {}) or key in PROFILES[provider.profile].takes:
            continue
        others = [f'"{name}"' for name, profile in PROFILES.items() if key in profile.takes]
        yield Conflict(
            ("identity_provider", key),
            f'leave it out: profile "{provider.profile}" does not support it; '
            f"{' and '.join(others)} {'does' if len(others) == 1 else 'do'}",
        )


def _scope_goes_somewhere(rotator: RotatorConfig, _: Surroundings) -> Iterator[Conflict]:
    provider = rotator.identity_provider
    if provider.scope_in is not None and provider.scope is None:
        yield Conflict(_SCOPE_IN, "set scope too: scope_in only says where the request carries it")


def _private_addresses_need_a_vpc(rotator: RotatorConfig, _: Surroundings) -> Iterator[Conflict]:
    if rotator.identity_provider.allow_private_addresses and rotator.vpc is None:
        yield Conflict(
            _PRIVATE_ADDRESSES,
            "leave it out, or set vpc too: without a VPC, the function cannot reach a private "
            "network (docs/network/vpc.md)",
        )


def _secret_can_be_used(rotator: RotatorConfig, surroundings: Surroundings) -> Iterator[Conflict]:
    secret, place = rotator.secret, surroundings.place
    if secret is None:
        return
    if fix := misplaced(SECRET, secret.arn, place):
        yield Conflict(_SECRET, fix)
    elif secret.key_arn is None and place.account not in (None, account_of(secret.arn)):
        yield Conflict(
            _SECRET,
            f"set the secret's key_arn too, or use a secret in account {place.account}, where "
            f"{place.what}: other accounts cannot read secrets encrypted with aws/secretsmanager",
        )


def _key_is_where_the_secret_is(rotator: RotatorConfig, _: Surroundings) -> Iterator[Conflict]:
    secret = rotator.secret
    if secret and secret.key_arn:
        place = Place(region=region_of(secret.arn), account=None, what="the secret is")
        if fix := misplaced(KEY, secret.key_arn, place):
            yield Conflict(_SECRET_KEY, fix)


def _sharing_stays_in_the_partition(
    rotator: RotatorConfig, surroundings: Surroundings
) -> Iterator[Conflict]:
    for position, whom in enumerate(rotator.share_with, start=1):
        if not is_account(whom) and (fix := misplaced(ORGANIZATION, whom, surroundings.place)):
            yield Conflict(_SHARE_WITH, f"{fix} (entry {position})")


def _environment_has_room(rotator: RotatorConfig, surroundings: Surroundings) -> Iterator[Conflict]:
    arn = "x" * 256
    rendered = environment(
        rotator,
        rotator_name=surroundings.rotator_name,
        parameter_tags=surroundings.parameter_tags,
        fips=surroundings.fips,
        secret_arn=arn,
        key_arn=arn,
    )
    size = sum(len(name.encode()) + len(value.encode()) for name, value in rendered.items())
    if size > ROOM_BYTES:
        yield Conflict(
            (),
            "shorten this table's values or the stack's tags: the function's environment variables "
            f"take {size} bytes, and Lambda allows {ROOM_BYTES}",
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

_Check = Callable[[RotatorConfig, Surroundings], Iterator[Conflict]]

_CHECKS: Final[tuple[tuple[tuple[KeyPath, ...], _Check], ...]] = (
    ((_INTERVAL, _LIFETIME), _interval_fits_the_lifetime),
    ((_WATCHDOG, _LIFETIME), _watchdog_fits_the_lifetime),
    ((_PROFILE, _ALGORITHM), _profile_allows_the_algorithm),
    ((_PROFILE,), _profile_takes_the_setting),
    ((_PROFILE, _SCOPE, _SCOPE_IN), _scope_goes_somewhere),
    ((_PRIVATE_ADDRESSES, _VPC), _private_addresses_need_a_vpc),
    ((_SECRET, _SECRET_KEY), _secret_can_be_used),
    ((_SECRET, _SECRET_KEY), _key_is_where_the_secret_is),
    ((_SHARE_WITH,), _sharing_stays_in_the_partition),
    ((), _environment_has_room),
)
