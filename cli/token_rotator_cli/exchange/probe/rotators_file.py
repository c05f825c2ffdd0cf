"""Writes a ``rotators.toml`` that matches a probe's findings, with a reason for each setting."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from token_rotator import urls
from token_rotator.contract import Profile, RequestStyle
from token_rotator_cdk.config.defaults import PROFILES
from token_rotator_cdk.config.models.rotator import RotatorConfig
from token_rotator_cdk.config.rules.rotator import (
    SCHEDULE_JITTER_SECONDS,
    WATCHDOG_SHORTEST_SECONDS,
)
from token_rotator_cli.exchange.probe import plan
from token_rotator_cli.exchange.probe.findings import Seen
from token_rotator_cli.exchange.probe.manner import LIFETIME
from token_rotator_cli.exchange.settings import Chosen

_TIMES: Final = ("token_lifetime_seconds", "interval_minutes", "watchdog_min_remaining_seconds")
_FORM: Final = f'request_style = "{RequestStyle.FORM}"'
_EXP: Final = f"assertion_lifetime_seconds = {LIFETIME.total_seconds():.0f}"
_SHORTEST: Final = 60 + SCHEDULE_JITTER_SECONDS + 1
"""The shortest lifetime that a one-minute schedule can handle."""


def rotators_file(seen: Seen, chosen: Chosen, now: datetime) -> str:
    """The file's text. From the identity provider, it contains only validated URLs."""
    return "\n".join(_lines(seen, chosen, now))


def _lines(seen: Seen, chosen: Chosen, now: datetime) -> Iterator[str]:
    host = urls.host(seen.asker.token_endpoint)
    yield f"# Written by token-rotator try --probe on {now:%Y-%m-%d}, after"
    yield f"# {len(seen.asker.replies)} token requests to {host}."
    yield "# docs/configure/settings.md explains every key; what is not here has its default."
    yield ""
    yield "[stack]"
    yield f"name = {_value(chosen.stack)}"
    yield ""
    yield f"[rotators.{chosen.name}]"
    yield f"parameter_name = {_value(chosen.rotator.parameter_name)}"
    yield from _times(seen, chosen.rotator)
    yield ""
    yield f"[rotators.{chosen.name}.identity_provider]"
    yield from _provider(seen, chosen.rotator)


def _times(seen: Seen, rotator: RotatorConfig) -> Iterator[str]:
    configured = rotator.token_lifetime_seconds
    times = {name: getattr(rotator, name) for name in _TIMES if name in rotator.model_fields_set}
    told = plan.told_lifetime(seen.base)
    lifetime = None if told is None else int(told.total_seconds())
    if lifetime is None:
        yield f"# The answer does not say how long a token lives: {configured} s are assumed."
        yield "# Ask the provider, and set token_lifetime_seconds."
    elif lifetime > configured:
        yield f"# A token lives {lifetime} s; it is replaced as if it lived {configured} s, which"
        yield "# does no harm. token_lifetime_seconds and interval_minutes would make it rarer."
    elif lifetime < _SHORTEST:
        yield f"# A token lives {lifetime} s, which is less than the {_SHORTEST} s that a schedule"
        yield "# needs: consumers will be without one at times. Ask for a longer lifetime."
    elif lifetime < configured:
        yield f"# A token lives {lifetime} s, so it has to be replaced sooner than by default."
        longest = (lifetime - SCHEDULE_JITTER_SECONDS - 1) // 60
        watchdog = lifetime // 2 + 5 if lifetime // 2 + 5 >= WATCHDOG_SHORTEST_SECONDS else 0
        if lifetime > WATCHDOG_SHORTEST_SECONDS:
            watchdog = watchdog or WATCHDOG_SHORTEST_SECONDS
        times = {
            "token_lifetime_seconds": lifetime,
            "interval_minutes": min(longest, rotator.interval_minutes),
            "watchdog_min_remaining_seconds": min(watchdog, rotator.watchdog_min_remaining_seconds),
        }
    for name, value in times.items():
        yield f"{name} = {_value(value)}"


def _provider(seen: Seen, rotator: RotatorConfig) -> Iterator[str]:
    manner, replies = seen.base.manner, seen.asker.replies
    settings = rotator.identity_provider.model_dump(
        mode="json", exclude_unset=True, exclude_none=True
    )
    profile = _profile(seen, rotator)
    implied = PROFILES[profile]
    for reply in replies[: seen.base.number]:
        yield f"# {reply.described.capitalize()}: {reply.manner.described}."
    yield f"profile = {_value(profile.value)}"
    for name in ("profile", "request_style", "assertion_lifetime_seconds", "audience"):
        settings.pop(name, None)
    settings.pop("assertion_backdate_seconds", None)

    lifetime = None if manner.lifetime is None else int(manner.lifetime.total_seconds())
    if manner.style is not implied.request_style:
        yield f"request_style = {_value(manner.style.value)}"
    if lifetime != implied.assertion_lifetime_seconds:
        yield f"assertion_lifetime_seconds = {_value(lifetime)}"
    yield from _alternatives(seen)
    if manner.backdate:
        needed = plan.backdating_needed(replies)
        if needed:
            yield "# Without this, the request was refused. It makes up for this machine's clock:"
            yield "# if that one is wrong, and not the provider's, leave it out."
        yield f"assertion_backdate_seconds = {manner.backdate.total_seconds():.0f}"
    yield from _audience(seen, rotator)
    for name, value in settings.items():
        yield f"{name} = {_value(value)}"
    yield from _beside(seen)


def _profile(seen: Seen, rotator: RotatorConfig) -> Profile:
    """The chosen profile, or another one if only that one's requests are accepted."""
    chosen, manner = rotator.identity_provider.profile, seen.base.manner
    theirs = urls.host(seen.asker.token_endpoint) in PROFILES[Profile.INTELLIGENCE].token_hosts
    if (
        chosen is Profile.INTELLIGENCE
        and seen.base.number > 1
        and manner.style is RequestStyle.FORM
        and manner.lifetime
        and not theirs
    ):
        return Profile.RFC7523
    if chosen is Profile.RFC7523 and not manner.lifetime:
        return Profile.INTELLIGENCE  # the only profile without exp
    return chosen


def _audience(seen: Seen, rotator: RotatorConfig) -> Iterator[str]:
    audience = seen.base.manner.audience
    if rotator.identity_provider.audience == audience:
        yield f"audience = {_value(audience)}"
    elif seen.issuer is False:
        yield "# The discovery document names no issuer; this audience was accepted."
        yield f"audience = {_value(audience)}"
    elif audience == seen.asker.token_endpoint:
        yield "# The issuer was refused as the audience; the token endpoint was accepted."
        yield f"audience = {_value(audience)}"


def _alternatives(seen: Seen) -> Iterator[str]:
    """Other accepted variants. Features that were tested together stay together."""
    manner, replies = seen.base.manner, seen.asker.replies
    asks_form, asks_exp = manner.style is RequestStyle.QUERY, manner.lifetime is None
    both = manner.sent_in(RequestStyle.FORM).with_exp
    if asks_form and asks_exp and any(one.accepted and one.manner == both for one in replies):
        yield f"# {_FORM}"
        yield f"# {_EXP}"
        yield "# Both together are accepted, too. An assertion is then in no log that holds URLs,"
        yield "# and useless after a minute. Nobody documents it, so it may end."
        return
    if asks_form:
        yield from _alternative(plan.form_accepted(replies), _FORM, "the form")
    if asks_exp:
        yield from _alternative(plan.exp_accepted(replies), _EXP, "exp")


def _alternative(accepted: bool | None, line: str, what: str) -> Iterator[str]:  # noqa: FBT001
    name = line.partition(" ")[0]
    match accepted:
        case True:
            yield f"# {line}"
            yield f"# {what.capitalize()} is accepted, too. Nobody documents it, so it may end."
        case False:
            yield f"# {what.capitalize()} is refused: leave {name} out."
        case _:
            yield f"# Whether {what} is accepted is unknown: leave {name} out."


def _beside(seen: Seen) -> Iterator[str]:
    """Notes for operators that are not about settings."""
    match seen.ended[0]:
        case True:
            yield "# A second token ends the first one: `try` and a second rotator with this key"
            yield "# leave consumers without a token until the next rotation."
        case False:
            yield "# A second token does not end the first one."
        case _:
            yield "# Whether a second token ends the first one is unknown."
    if plan.second_use_refused(seen.asker.replies) is False:
        yield "# An assertion is accepted a second time: whoever has one can get tokens with it."


def _value(value: Any) -> str:
    """A value in TOML, which has the same syntax as JSON for these types."""
    if isinstance(value, Mapping):
        pairs = ", ".join(f"{_value(str(key))} = {_value(one)}" for key, one in value.items())
        return f"{{ {pairs} }}"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(_value(one) for one in value)}]"
    return json.dumps(value, ensure_ascii=False)
