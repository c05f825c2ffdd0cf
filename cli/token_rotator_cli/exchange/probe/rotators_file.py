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
    MIN_WATCHDOG_SECONDS,
    SCHEDULE_JITTER_SECONDS,
)
from token_rotator_cli.exchange.probe import plan
from token_rotator_cli.exchange.probe.findings import Observations
from token_rotator_cli.exchange.probe.variant import DEFAULT_LIFETIME
from token_rotator_cli.exchange.settings import ExchangeSettings

_TIMES: Final = ("token_lifetime_seconds", "interval_minutes", "watchdog_min_remaining_seconds")
_FORM: Final = f'request_style = "{RequestStyle.FORM}"'
_EXP: Final = f"assertion_lifetime_seconds = {DEFAULT_LIFETIME.total_seconds():.0f}"
_SHORTEST: Final = 60 + SCHEDULE_JITTER_SECONDS + 1
"""The shortest lifetime that a one-minute schedule can handle."""


def rotators_file(observed: Observations, chosen: ExchangeSettings, now: datetime) -> Iterator[str]:
    """The file's lines. From the identity provider, they contain only validated URLs."""
    host = urls.host(observed.requester.token_endpoint)
    yield f"# Written by token-rotator try --probe on {now:%Y-%m-%d}, after"
    yield f"# {len(observed.requester.replies)} token requests to {host}."
    yield "# docs/configure/settings.md explains every key. Keys not set here have their defaults."
    yield ""
    yield "[stack]"
    yield f"name = {_value(chosen.stack)}"
    yield ""
    yield f"[rotators.{chosen.name}]"
    yield f"parameter_name = {_value(chosen.rotator.parameter_name)}"
    yield from _times(observed, chosen.rotator)
    yield ""
    yield f"[rotators.{chosen.name}.identity_provider]"
    yield from _provider(observed, chosen.rotator)


def _times(observed: Observations, rotator: RotatorConfig) -> Iterator[str]:
    configured = rotator.token_lifetime_seconds
    times = {name: getattr(rotator, name) for name in _TIMES if name in rotator.model_fields_set}
    reported = plan.reported_lifetime(observed.base)
    lifetime = None if reported is None else int(reported.total_seconds())
    if lifetime is None:
        yield f"# The response does not contain the token's lifetime: {configured} s are assumed."
        yield "# Ask the provider, and set token_lifetime_seconds."
    elif lifetime > configured:
        yield f"# A token lives {lifetime} s; it is replaced as if it lived {configured} s, which"
        yield "# does no harm. Raise token_lifetime_seconds and interval_minutes to rotate less."
    elif lifetime < _SHORTEST:
        yield f"# A token lives {lifetime} s, which is less than the {_SHORTEST} s that a schedule"
        yield "# needs: consumers will have none at times. Ask for a longer lifetime."
    elif lifetime < configured:
        yield f"# A token lives {lifetime} s, so it has to be replaced sooner than by default."
        longest = (lifetime - SCHEDULE_JITTER_SECONDS - 1) // 60
        watchdog = lifetime // 2 + 5 if lifetime // 2 + 5 >= MIN_WATCHDOG_SECONDS else 0
        if lifetime > MIN_WATCHDOG_SECONDS:
            watchdog = watchdog or MIN_WATCHDOG_SECONDS
        times = {
            "token_lifetime_seconds": lifetime,
            "interval_minutes": min(longest, rotator.interval_minutes),
            "watchdog_min_remaining_seconds": min(watchdog, rotator.watchdog_min_remaining_seconds),
        }
    for name, value in times.items():
        yield f"{name} = {_value(value)}"


def _provider(observed: Observations, rotator: RotatorConfig) -> Iterator[str]:
    variant, replies = observed.base.variant, observed.requester.replies
    settings = rotator.identity_provider.model_dump(
        mode="json", exclude_unset=True, exclude_none=True
    )
    profile = _profile(observed, rotator)
    implied = PROFILES[profile]
    for reply in replies[: observed.base.number]:
        yield f"# {reply.described.capitalize()}: {reply.variant.described}."
    yield f"profile = {_value(profile.value)}"
    for name in ("profile", "request_style", "assertion_lifetime_seconds", "audience"):
        settings.pop(name, None)
    settings.pop("assertion_backdate_seconds", None)

    lifetime = None if variant.lifetime is None else int(variant.lifetime.total_seconds())
    if variant.style is not implied.request_style:
        yield f"request_style = {_value(variant.style.value)}"
    if lifetime != implied.assertion_lifetime_seconds:
        yield f"assertion_lifetime_seconds = {_value(lifetime)}"
    yield from _alternatives(observed)
    if variant.backdate:
        needed = plan.backdating_needed(replies)
        if needed:
            yield "# Without this, the request was refused. It compensates for this machine's"
            yield "# clock: if this clock is wrong, and not the provider's, leave it out."
        yield f"assertion_backdate_seconds = {variant.backdate.total_seconds():.0f}"
    yield from _audience(observed, rotator)
    for name, value in settings.items():
        yield f"{name} = {_value(value)}"
    yield from _operator_notes(observed)


def _profile(observed: Observations, rotator: RotatorConfig) -> Profile:
    """The chosen profile, or another one if only that one's requests are accepted."""
    chosen, variant = rotator.identity_provider.profile, observed.base.variant
    is_intelligence = (
        urls.host(observed.requester.token_endpoint) in PROFILES[Profile.INTELLIGENCE].token_hosts
    )
    if (
        chosen is Profile.INTELLIGENCE
        and observed.base.number > 1
        and variant.style is RequestStyle.FORM
        and variant.lifetime
        and not is_intelligence
    ):
        return Profile.RFC7523
    if chosen is Profile.RFC7523 and not variant.lifetime:
        return Profile.INTELLIGENCE  # the only profile without exp
    return chosen


def _audience(observed: Observations, rotator: RotatorConfig) -> Iterator[str]:
    audience = observed.base.variant.audience
    if rotator.identity_provider.audience == audience:
        yield f"audience = {_value(audience)}"
    elif observed.issuer is False:
        yield "# The discovery document names no issuer; this audience was accepted."
        yield f"audience = {_value(audience)}"
    elif audience == observed.requester.token_endpoint:
        yield "# The issuer was refused as the audience; the token endpoint was accepted."
        yield f"audience = {_value(audience)}"


def _alternatives(observed: Observations) -> Iterator[str]:
    """Other accepted variants. Features that were tested together stay together."""
    variant, replies = observed.base.variant, observed.requester.replies
    asks_form, asks_exp = variant.style is RequestStyle.QUERY, variant.lifetime is None
    both = variant.sent_in(RequestStyle.FORM).with_exp
    if asks_form and asks_exp and any(one.accepted and one.variant == both for one in replies):
        yield f"# {_FORM}"
        yield f"# {_EXP}"
        yield "# Both together are also accepted. An assertion is then in no log of URLs,"
        yield "# and useless after a minute. This is not documented and may change."
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
            yield f"# {what.capitalize()} is also accepted. This is not documented and may change."
        case False:
            yield f"# {what.capitalize()} is refused: leave {name} out."
        case _:
            yield f"# Whether {what} is accepted is unknown: leave {name} out."


def _operator_notes(observed: Observations) -> Iterator[str]:
    """Notes for operators that are not about settings."""
    match observed.revocation[0]:
        case True:
            yield "# A second token revokes the first one: `try` and a second rotator with this key"
            yield "# leave consumers without a token until the next rotation."
        case False:
            yield "# A second token does not revoke the first one."
        case _:
            yield "# Whether a second token revokes the first one is unknown."
    if plan.second_use_refused(observed.requester.replies) is False:
        yield "# An assertion is accepted a second time: anyone who has one can get tokens with it."


def _value(value: Any) -> str:
    """A value in TOML, which has the same syntax as JSON for these types."""
    if isinstance(value, Mapping):
        pairs = ", ".join(f"{_value(str(key))} = {_value(one)}" for key, one in value.items())
        return f"{{ {pairs} }}"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(_value(one) for one in value)}]"
    return json.dumps(value, ensure_ascii=False)
