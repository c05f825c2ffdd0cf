"""Values that are good by themselves and do not go together."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from token_rotator_cdk.config.arns import account_of, region_of
from token_rotator_cdk.config.defaults import PROFILES
from token_rotator_cdk.config.environment import ROOM_BYTES, environment
from token_rotator_cdk.config.issues import KeyPath
from token_rotator_cdk.config.models import RotatorConfig, StackConfig
from token_rotator_cdk.config.rotator_rules import (
    SCHEDULE_JITTER_SECONDS,
    WATCHDOG_SHORTEST_SECONDS,
)

Usable = Callable[..., bool]
"""Whether a key's value can be compared with others (``Checked.usable``)."""


class Conflict(NamedTuple):
    """The key to change, and what to write instead."""

    path: KeyPath
    fix: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a rotator has to fit into."""

    rotator_name: str
    region: str | None
    """None where nobody knows it before the deployment."""
    parameter_tags: Mapping[str, str]


def conflicts_of_stack(stack: StackConfig, usable: Usable) -> Iterator[Conflict]:
    """What does not fit within the table of the stack."""
    arn = stack.alarm_topic_arn
    if arn is None or not usable("alarm_topic_arn"):
        return
    if stack.alarm_emails:
        fix = "leave it out, and subscribe the addresses to the topic of alarm_topic_arn"
        yield Conflict(("alarm_emails",), fix)
    for fix in misplaced_topic(arn, region=stack.region, account=stack.account):
        yield Conflict(("alarm_topic_arn",), fix)


def misplaced_topic(arn: str, *, region: str | None, account: str | None) -> Iterator[str]:
    """What to write instead of a topic that the alarms of a stack cannot tell."""
    if region and region_of(arn) != region:
        yield f"write a topic in {region}: an alarm tells topics of its own region only"
    if account and account_of(arn) != account:
        yield f"write a topic of account {account}, where the stack goes"


def conflicts(
    rotator: RotatorConfig, surroundings: Surroundings, usable: Usable
) -> Iterator[Conflict]:
    """What does not fit within one rotator, as far as its values can be compared."""
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
        yield Conflict(_ALGORITHM, f'write {names}, all that profile "{provider.profile}" allows')


def _profile_takes_scope_and_key_id(rotator: RotatorConfig, _: Surroundings) -> Iterator[Conflict]:
    provider = rotator.identity_provider
    if PROFILES[provider.profile].takes_scope_and_key_id:
        return
    for path, value in ((_SCOPE, provider.scope), (_KEY_ID, provider.key_id)):
        if value is not None:
            yield Conflict(
                path,
                f'leave it out: profile "{provider.profile}" has none; "rfc7523" takes it',
            )


def _key_is_where_the_secret_is(rotator: RotatorConfig, _: Surroundings) -> Iterator[Conflict]:
    secret = rotator.secret
    if secret and secret.key_arn and region_of(secret.key_arn) != region_of(secret.arn):
        yield Conflict(_SECRET_KEY, f"write a key in {region_of(secret.arn)}, where the secret is")


def _secret_is_in_the_region(
    rotator: RotatorConfig, surroundings: Surroundings
) -> Iterator[Conflict]:
    region = surroundings.region
    if region and rotator.secret and region_of(rotator.secret.arn) != region:
        yield Conflict(_SECRET, f"write a secret (or replica) in {region}, where the stack goes")


def _environment_has_room(rotator: RotatorConfig, surroundings: Surroundings) -> Iterator[Conflict]:
    arn = "x" * 256
    rendered = environment(
        rotator,
        rotator_name=surroundings.rotator_name,
        parameter_tags=surroundings.parameter_tags,
        secret_arn=arn,
        key_arn=arn,
    )
    size = sum(len(name.encode()) + len(value.encode()) for name, value in rendered.items())
    if size > ROOM_BYTES:
        yield Conflict(
            (),
            f"shorten what is written here, or the stack's tags: the function's environment needs "
            f"{size} bytes and Lambda has room for {ROOM_BYTES}",
        )


_LIFETIME: Final = ("token_lifetime_seconds",)
_INTERVAL: Final = ("interval_minutes",)
_WATCHDOG: Final = ("watchdog_min_remaining_seconds",)
_PROFILE: Final = ("identity_provider", "profile")
_ALGORITHM: Final = ("identity_provider", "algorithm")
_SCOPE: Final = ("identity_provider", "scope")
_KEY_ID: Final = ("identity_provider", "key_id")
_SECRET: Final = ("secret", "arn")
_SECRET_KEY: Final = ("secret", "key_arn")

_Check = Callable[[RotatorConfig, Surroundings], Iterator[Conflict]]

_CHECKS: Final[tuple[tuple[tuple[KeyPath, ...], _Check], ...]] = (
    ((_INTERVAL, _LIFETIME), _interval_fits_the_lifetime),
    ((_WATCHDOG, _LIFETIME), _watchdog_fits_the_lifetime),
    ((_PROFILE, _ALGORITHM), _profile_allows_the_algorithm),
    ((_PROFILE,), _profile_takes_scope_and_key_id),
    ((_SECRET,), _key_is_where_the_secret_is),
    ((_SECRET,), _secret_is_in_the_region),
    ((), _environment_has_room),
)
