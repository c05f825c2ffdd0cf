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
from token_rotator_cli.exchange.probe.manner import Manner
from token_rotator_cli.exchange.probe.requests import UNTOLD, Asker, Reply

Has = Callable[[Manner], bool]

_ANOTHER_MANNER_DOES_NOT_HELP = frozenset({Meaning.ACCESS, Meaning.SCOPE})


def find_manner(
    asker: Asker, first: Manner, others: Callable[[Reply], Iterator[Manner]]
) -> Reply | None:
    """The first accepted request: that of the settings, or another variant.

    None: all were refused, or the provider is unavailable.
    """
    reply = asker.ask(first)
    if reply is None or reply.accepted or not reply.refused:
        return reply if reply and reply.accepted else None
    if CODES.get(reply.code or "") in _ANOTHER_MANNER_DOES_NOT_HELP:
        return None
    for manner in others(reply):
        tried = asker.ask(manner)
        if tried is None or tried.accepted:
            return tried
        if all(isinstance(one.error, AnsweredByAnother) for one in asker.replies[:2]):
            return None  # another system responded, whatever the variant
    return None


def ask_the_rest(asker: Asker, base: Reply, *, second_token: bool) -> None:
    """Tests what is still unknown about ``exp`` and the form, together if possible.

    Then repeats the accepted variant if the last request was refused, or if a second token is still
    needed.
    """
    for manner in _unknown(asker.replies, base.manner):
        asker.ask(manner)
    tokens = sum(reply.accepted for reply in asker.replies)
    if not asker.replies[-1].accepted or (second_token and tokens < 2):  # noqa: PLR2004
        asker.ask(base.manner)


def _unknown(replies: Sequence[Reply], base: Manner) -> Iterator[Manner]:
    """Each is asked before the next is thought of."""
    form = base.sent_in(RequestStyle.FORM)
    for manner in (form.with_exp, base.with_exp, form):
        asks_exp = manner.lifetime is not None and not _had(replies, carries_exp)
        asks_form = manner.style is RequestStyle.FORM and not _had(replies, is_form)
        asked = any(reply.manner == manner for reply in replies)
        if (asks_exp or asks_form) and not asked:
            yield manner


def exp_accepted(replies: Sequence[Reply]) -> bool | None:
    """None: that cannot be told."""
    return _answer(replies, carries_exp, lambda manner: manner.without_exp)


def form_accepted(replies: Sequence[Reply]) -> bool | None:
    """None: that cannot be told."""
    return _answer(replies, is_form, lambda manner: manner.sent_in(RequestStyle.QUERY))


def backdating_needed(replies: Sequence[Reply]) -> bool | None:
    """By this machine's clock. None: that cannot be told."""
    backdates = [reply.manner.backdate for reply in replies if reply.manner.backdate]
    unneeded = _answer(
        replies,
        lambda manner: not manner.backdate,
        lambda manner: replace(manner, backdate=backdates[0]) if backdates else manner,
    )
    return None if unneeded is None else not unneeded


def second_use_refused(replies: Sequence[Reply]) -> bool | None:
    """None: not tried, or another system responded."""
    last = replies[-1]
    if not last.replayed:
        return None
    return False if last.accepted else isinstance(last.error, TokenRequestRefused) or None


def told_lifetime(base: Reply) -> timedelta | None:
    """The token's lifetime in the response. None: it has none."""
    lifetime = base.record.expires_at - base.record.issued_at if base.record else UNTOLD
    return None if lifetime >= UNTOLD else lifetime


def deciding(replies: Sequence[Reply], has: Has) -> Reply | None:
    """The decisive reply: the first accepted one, or else the last refused one."""
    asked = [reply for reply in replies if has(reply.manner) and not reply.replayed]
    accepted = [reply for reply in asked if reply.accepted]
    return accepted[0] if accepted else (asked[-1] if asked else None)


def _answer(replies: Sequence[Reply], has: Has, without: Callable[[Manner], Manner]) -> bool | None:
    """Whether a request with the feature is accepted.

    False only if the same request without it was accepted, and another one was accepted afterwards:
    otherwise the refusal may have another reason.
    """
    fresh = [reply for reply in replies if not reply.replayed]
    if _had(fresh, has):
        return True
    accepted = [reply for reply in fresh if reply.accepted]
    for reply in fresh:
        if reply.refused and has(reply.manner):
            alike = any(one.manner == without(reply.manner) for one in accepted)
            if alike and accepted[-1].number > reply.number:
                return False
    return None


def _had(replies: Sequence[Reply], has: Has) -> bool:
    return any(reply.accepted and has(reply.manner) for reply in replies)


def carries_exp(manner: Manner) -> bool:
    return manner.lifetime is not None


def is_form(manner: Manner) -> bool:
    return manner.style is RequestStyle.FORM
