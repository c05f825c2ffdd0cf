"""Which values, each good by itself, do not go together?"""

from collections.abc import Callable, Iterator, Set
from typing import Final, NamedTuple

from token_rotator.contract import PROFILES
from token_rotator_cdk.config.environment import ROOM_BYTES, environment
from token_rotator_cdk.config.models import RotatorConfig, StackConfig
from token_rotator_cdk.config.rules import SCHEDULE_JITTER_SECONDS, WATCHDOG_SHORTEST_SECONDS


class Conflict(NamedTuple):
    """The key to change, and what to write instead."""

    key: str
    fix: str


def conflicts_of_stack(stack: StackConfig, *, unusable: Set[str]) -> list[Conflict]:
    """What does not fit within the table of the stack."""
    arn = stack.alarm_topic_arn
    if arn is None or "alarm_topic_arn" in unusable:
        return []
    found = []
    if stack.alarm_emails:
        fix = "leave it out, and subscribe the addresses to the topic of alarm_topic_arn"
        found.append(Conflict("alarm_emails", fix))
    if stack.region and _region(arn) != stack.region:
        fix = f"write a topic in {stack.region}: an alarm tells topics of its own region only"
        found.append(Conflict("alarm_topic_arn", fix))
    if stack.account and _account(arn) != stack.account:
        fix = f"write a topic of account {stack.account}, where the stack goes"
        found.append(Conflict("alarm_topic_arn", fix))
    return found


def conflicts(stack: StackConfig, rotator: RotatorConfig, *, unusable: Set[str]) -> list[Conflict]:
    """What does not fit within one rotator; checks that need an ``unusable`` key are left out."""
    return [
        conflict
        for keys, check in _CHECKS
        if not unusable & keys
        for conflict in check(stack, rotator)
    ]


def _interval_fits_the_lifetime(_: StackConfig, rotator: RotatorConfig) -> Iterator[Conflict]:
    lifetime = rotator.token_lifetime_seconds
    longest = (lifetime - SCHEDULE_JITTER_SECONDS - 1) // 60
    if longest < 1:
        shortest = 60 + SCHEDULE_JITTER_SECONDS + 1
        yield Conflict(
            "token_lifetime_seconds",
            f"write at least {shortest}: a schedule runs once a minute at most, and up to "
            f"{SCHEDULE_JITTER_SECONDS} s late",
        )
    elif rotator.interval_minutes > longest:
        yield Conflict(
            "interval_minutes",
            f"write at most {longest}: a token lives {lifetime} s (token_lifetime_seconds), and a "
            f"schedule can be {SCHEDULE_JITTER_SECONDS} s late",
        )


def _watchdog_fits_the_lifetime(_: StackConfig, rotator: RotatorConfig) -> Iterator[Conflict]:
    lifetime = rotator.token_lifetime_seconds
    if rotator.watchdog_min_remaining_seconds < lifetime:
        return
    fitting = (
        f"{WATCHDOG_SHORTEST_SECONDS} to {lifetime - 1}, or 0 for no watchdog"
        if lifetime > WATCHDOG_SHORTEST_SECONDS
        else "0 (no watchdog)"
    )
    yield Conflict(
        "watchdog_min_remaining_seconds",
        f"write {fitting}: no token has more than {lifetime} s left (token_lifetime_seconds)",
    )


def _profile_allows_the_algorithm(_: StackConfig, rotator: RotatorConfig) -> Iterator[Conflict]:
    allowed = PROFILES[rotator.profile].algorithms
    if rotator.algorithm is not None and rotator.algorithm not in allowed:
        names = ", ".join(allowed)
        yield Conflict("algorithm", f'write {names}, all that profile "{rotator.profile}" allows')


def _profile_takes(key: str) -> "_Check":
    def check(_: StackConfig, rotator: RotatorConfig) -> Iterator[Conflict]:
        profile = PROFILES[rotator.profile]
        if getattr(rotator, key) is not None and not profile.takes_scope_and_key_id:
            yield Conflict(
                key, f'leave it out: profile "{rotator.profile}" has none; "rfc7523" takes it'
            )

    return check


def _key_belongs_to_a_named_secret(_: StackConfig, rotator: RotatorConfig) -> Iterator[Conflict]:
    if rotator.secret_key_arn is None:
        return
    if rotator.secret_arn is None:
        yield Conflict(
            "secret_key_arn",
            "name the secret in secret_arn, too, or leave this out: the stack encrypts a secret "
            "that it creates with its own key",
        )
    elif _region(rotator.secret_key_arn) != _region(rotator.secret_arn):
        yield Conflict(
            "secret_key_arn", f"write a key in {_region(rotator.secret_arn)}, where the secret is"
        )


def _secret_is_in_the_region(stack: StackConfig, rotator: RotatorConfig) -> Iterator[Conflict]:
    if stack.region and rotator.secret_arn and _region(rotator.secret_arn) != stack.region:
        yield Conflict(
            "secret_arn", f"write a secret (or replica) in {stack.region}, where the stack goes"
        )


def _environment_has_room(stack: StackConfig, rotator: RotatorConfig) -> Iterator[Conflict]:
    arn = "x" * 256
    rendered = environment(stack, rotator, secret_arn=arn, key_arn=arn)
    size = sum(len(name.encode()) + len(value.encode()) for name, value in rendered.items())
    if size > ROOM_BYTES:
        yield Conflict(
            "",
            f"shorten what is written here, or the stack's tags: the function's environment needs "
            f"{size} bytes and Lambda has room for {ROOM_BYTES}",
        )


def _region(arn: str) -> str:
    return arn.split(":")[3]


def _account(arn: str) -> str:
    return arn.split(":")[4]


_Check = Callable[[StackConfig, RotatorConfig], Iterator[Conflict]]

_CHECKS: Final[tuple[tuple[frozenset[str], _Check], ...]] = (
    (frozenset({"interval_minutes", "token_lifetime_seconds"}), _interval_fits_the_lifetime),
    (
        frozenset({"watchdog_min_remaining_seconds", "token_lifetime_seconds"}),
        _watchdog_fits_the_lifetime,
    ),
    (frozenset({"profile", "algorithm"}), _profile_allows_the_algorithm),
    (frozenset({"profile", "scope"}), _profile_takes("scope")),
    (frozenset({"profile", "key_id"}), _profile_takes("key_id")),
    (frozenset({"secret_arn", "secret_key_arn"}), _key_belongs_to_a_named_secret),
    (frozenset({"secret_arn", "region"}), _secret_is_in_the_region),
    (frozenset({"tags"}), _environment_has_room),
)
