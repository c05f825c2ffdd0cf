"""The findings of a probe: the answer to each question, and the request that shows it."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from token_rotator.identity_provider.response import ProviderResponse
from token_rotator_cli.exchange.probe import plan
from token_rotator_cli.exchange.probe.requests import MOST, Asker, Reply

Word = Literal["yes", "no", "unknown"]

WIDTHS: Final = (26, 7)
_WORDS: Final[dict[bool | None, Word]] = {True: "yes", False: "no", None: "unknown"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One question and its answer. It contains no secrets."""

    question: str
    answer: Word
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """Everything that a probe observed."""

    asker: Asker
    base: Reply
    """The accepted request, which the function should use."""
    discovered: ProviderResponse | None
    """None: the settings name the token endpoint, and nothing was discovered."""
    ended: tuple[bool | None, str]
    """Whether a second token revokes the first one."""
    replay: bool
    """Whether an assertion was sent twice."""

    @property
    def issuer(self) -> bool | None:
        """Whether the discovery document names an issuer, which is then the audience."""
        if self.discovered is None:
            return None
        return isinstance((self.discovered.fields or {}).get("issuer"), str)


def findings(seen: Seen) -> Iterator[Finding]:
    """All findings, in order."""
    replies = seen.asker.replies
    yield Finding(
        question="key works",
        answer="yes",
        message=f"{seen.base.described}: {seen.base.manner.described}",
    )
    exp = plan.exp_accepted(replies)
    yield _finding("exp accepted", exp, _why(seen, exp, plan.carries_exp))
    form = plan.form_accepted(replies)
    yield _finding("form accepted", form, _why(seen, form, plan.is_form))
    yield _finding("issuer named", seen.issuer, _issuer(seen))
    yield _finding("second token ends first", *seen.ended)
    yield _date(seen)
    yield _finding("second use of jti refused", plan.second_use_refused(replies), _second_use(seen))
    needed = plan.backdating_needed(replies)
    yield _finding("iat must be set back", needed, _backdating(seen, needed))
    lifetime = plan.told_lifetime(seen.base)
    yield _finding(
        "lifetime told",
        lifetime is not None,
        f"a token lives {lifetime.total_seconds():.0f} s"
        if lifetime
        else "the answer does not say how long a token lives",
    )


def _finding(question: str, answer: bool | None, message: str) -> Finding:  # noqa: FBT001
    return Finding(question=question, answer=_WORDS[answer], message=message)


def _why(seen: Seen, answer: bool | None, has: plan.Has) -> str:  # noqa: FBT001
    reply = plan.deciding(seen.asker.replies, has)
    if reply is None:
        return f"not asked: {_no_more(seen)}"
    text = f"{reply.described} ({reply.manner.described})"
    if answer is None:
        return f"{text}, and nothing was accepted afterwards: that may have other reasons"
    return text


def _no_more(seen: Seen) -> str:
    if seen.asker.stopped:
        return f"request {len(seen.asker.replies)} could not be answered"
    return f"{MOST} token requests were sent" if not seen.asker.left else "nothing led to it"


def _issuer(seen: Seen) -> str:
    audience = seen.base.manner.audience
    match seen.issuer:
        case None:
            return f"token_endpoint is set, so nothing was discovered; aud is {audience}"
        case True:
            return f"the discovery document names one; aud is {audience}"
        case _:
            return f"the discovery document names none; aud is {audience}"


def _date(seen: Seen) -> Finding:
    answer = seen.base.answer
    skew = answer.clock_skew if answer else None
    if skew is None:
        text = "the answer has no Date that can be read: clocks cannot be compared"
    elif not skew:
        text = "the provider's clock agrees with this machine's"
    else:
        seconds = math.ceil(abs(skew).total_seconds())
        where = "ahead of" if skew.total_seconds() > 0 else "behind"
        text = (
            f"the provider's clock is {seconds} s {where} this machine's; the function's is AWS's"
        )
    return _finding("Date there", skew is not None, text)


def _second_use(seen: Seen) -> str:
    if not seen.replay:
        return "not asked: --replay sends one assertion twice"
    last = seen.asker.replies[-1]
    return last.described if last.replayed else f"not asked: {_no_more(seen)}"


def _backdating(seen: Seen, needed: bool | None) -> str:  # noqa: FBT001
    if needed is None:
        return "iat was set back in every request that was accepted"
    back = seen.base.manner.backdate.total_seconds()
    if needed:
        return (
            f"with iat {back:.0f} s back, {seen.base.described}, and not without; by this "
            "machine's clock, the function's is AWS's"
        )
    return "a request whose iat is this machine's time is accepted"
