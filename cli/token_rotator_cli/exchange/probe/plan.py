"""Chooses the requests of a probe, and draws conclusions from their responses.

A refusal can have many reasons. It answers a question only if the same request without the tested
feature is accepted before and after it:
docs/understand/decisions/0037-what-a-probe-may-conclude.md.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

from token_rotator.contract import RequestStyle
from token_rotator.errors import AnsweredByAnother, TokenRequestRefused
from token_rotator.identity_provider.codes import CODES, Meaning
from token_rotator_cli.exchange.probe.requests import ASSUMED_LIFETIME, Reply, Requester
from token_rotator_cli.exchange.probe.variant import Variant

Feature = Callable[[Variant], bool]

_NO_VARIANT_HELPS = frozenset({Meaning.ACCESS, Meaning.SCOPE})


def find_variant(
    requester: Requester, first: Variant, others: Callable[[Reply], Iterator[Variant]]
) -> Reply | None:
    """The first accepted request: that of the settings, or another variant.

    None: all were refused, or the provider is unavailable.
    """
    reply = requester.send(first)
    if reply is None or reply.accepted or not reply.refused:
        return reply if reply and reply.accepted else None
    if CODES.get(reply.code or "") in _NO_VARIANT_HELPS:
        return None
    for variant in others(reply):
        other = requester.send(variant)
        if other is None or other.accepted:
            return other
        if all(isinstance(one.error, AnsweredByAnother) for one in requester.replies[:2]):
            return None  # another system responded, whatever the variant
    return None


def probe_remaining(requester: Requester, base: Reply, *, second_token: bool) -> None:
    """Tests what is still unknown about ``exp`` and the form, together if possible.

    Then repeats the accepted variant if the last request was refused, or if a second token is still
    needed.
    """
    for variant in _untested_variants(requester.replies, base.variant):
        requester.send(variant)
    tokens = sum(reply.accepted for reply in requester.replies)
    if not requester.replies[-1].accepted or (second_token and tokens < 2):  # noqa: PLR2004
        requester.send(base.variant)


def _untested_variants(replies: Sequence[Reply], base: Variant) -> Iterator[Variant]:
    """Checks again before each variant what is still unknown."""
    form = base.sent_in(RequestStyle.FORM)
    for variant in (form.with_exp, base.with_exp, form):
        asks_exp = variant.lifetime is not None and not _accepted(replies, has_exp)
        asks_form = variant.style is RequestStyle.FORM and not _accepted(replies, uses_form)
        asked = any(reply.variant == variant for reply in replies)
        if (asks_exp or asks_form) and not asked:
            yield variant


def exp_accepted(replies: Sequence[Reply]) -> bool | None:
    """None: unknown."""
    return _verdict(replies, has_exp, lambda variant: variant.without_exp)


def form_accepted(replies: Sequence[Reply]) -> bool | None:
    """None: unknown."""
    return _verdict(replies, uses_form, lambda variant: variant.sent_in(RequestStyle.QUERY))


def backdating_needed(replies: Sequence[Reply]) -> bool | None:
    """By this machine's clock. None: unknown."""
    backdates = [reply.variant.backdate for reply in replies if reply.variant.backdate]
    unneeded = _verdict(
        replies,
        lambda variant: not variant.backdate,
        lambda variant: replace(variant, backdate=backdates[0]) if backdates else variant,
    )
    return None if unneeded is None else not unneeded


def second_use_refused(replies: Sequence[Reply]) -> bool | None:
    """None: not tried, or another system responded."""
    last = replies[-1]
    if not last.replayed:
        return None
    return False if last.accepted else isinstance(last.error, TokenRequestRefused) or None


def reported_lifetime(base: Reply) -> timedelta | None:
    """The token's lifetime in the response. None: it has none."""
    lifetime = base.record.expires_at - base.record.issued_at if base.record else ASSUMED_LIFETIME
    return None if lifetime >= ASSUMED_LIFETIME else lifetime


def decisive_reply(replies: Sequence[Reply], feature: Feature) -> Reply | None:
    """The decisive reply: the first accepted one, or else the last refused one."""
    asked = [reply for reply in replies if feature(reply.variant) and not reply.replayed]
    accepted = [reply for reply in asked if reply.accepted]
    return accepted[0] if accepted else (asked[-1] if asked else None)


def _verdict(
    replies: Sequence[Reply], feature: Feature, without: Callable[[Variant], Variant]
) -> bool | None:
    """Whether a request with the feature is accepted.

    False only if the same request without it was accepted, and another one was accepted afterwards:
    otherwise the refusal may have another reason.
    """
    fresh = [reply for reply in replies if not reply.replayed]
    if _accepted(fresh, feature):
        return True
    accepted = [reply for reply in fresh if reply.accepted]
    for reply in fresh:
        if reply.refused and feature(reply.variant):
            alike = any(one.variant == without(reply.variant) for one in accepted)
            if alike and accepted[-1].number > reply.number:
                return False
    return None


def _accepted(replies: Sequence[Reply], feature: Feature) -> bool:
    return any(reply.accepted and feature(reply.variant) for reply in replies)


def has_exp(variant: Variant) -> bool:
    return variant.lifetime is not None


def uses_form(variant: Variant) -> bool:
    return variant.style is RequestStyle.FORM
