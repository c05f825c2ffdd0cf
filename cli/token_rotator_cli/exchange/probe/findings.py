"""The findings of a probe: the answer to each question, and the request that shows it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from token_rotator.identity_provider.response import ProviderResponse
from token_rotator_cli.exchange.exchange import describe_skew
from token_rotator_cli.exchange.probe import plan
from token_rotator_cli.exchange.probe.requests import MAX_REQUESTS, Reply, Requester

Verdict = Literal["yes", "no", "unknown"]

WIDTHS: Final = (26, 7)
_VERDICTS: Final[dict[bool | None, Verdict]] = {True: "yes", False: "no", None: "unknown"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One question and its answer. It contains no secrets."""

    question: str
    answer: Verdict
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Observations:
    """Everything that a probe observed."""

    requester: Requester
    base: Reply
    """The accepted request, which the function should use."""
    discovery: ProviderResponse | None
    """None: the settings name the token endpoint, and nothing was discovered."""
    revocation: tuple[bool | None, str]
    """Whether a second token revokes the first one."""
    replay: bool
    """Whether an assertion was sent twice."""

    @property
    def issuer(self) -> bool | None:
        """Whether the discovery document names an issuer, which is then the audience."""
        if self.discovery is None:
            return None
        return isinstance((self.discovery.fields or {}).get("issuer"), str)


def findings(observed: Observations) -> Iterator[Finding]:
    """All findings, in order."""
    replies = observed.requester.replies
    yield Finding(
        question="key works",
        answer="yes",
        message=f"{observed.base.described}: {observed.base.variant.described}",
    )
    exp = plan.exp_accepted(replies)
    yield _finding("exp accepted", exp, _evidence(observed, exp, plan.has_exp))
    form = plan.form_accepted(replies)
    yield _finding("form accepted", form, _evidence(observed, form, plan.uses_form))
    yield _finding("issuer named", observed.issuer, _issuer_message(observed))
    yield _finding("second token ends first", *observed.revocation)
    yield _clock_finding(observed)
    yield _finding(
        "second use of jti refused", plan.second_use_refused(replies), _replay_message(observed)
    )
    needed = plan.backdating_needed(replies)
    yield _finding("iat must be set back", needed, _backdate_message(observed, needed))
    lifetime = plan.reported_lifetime(observed.base)
    yield _finding(
        "lifetime told",
        lifetime is not None,
        f"a token lives {lifetime.total_seconds():.0f} s"
        if lifetime
        else "the response does not contain the token's lifetime",
    )


def _finding(question: str, answer: bool | None, message: str) -> Finding:  # noqa: FBT001
    return Finding(question=question, answer=_VERDICTS[answer], message=message)


def _evidence(observed: Observations, answer: bool | None, feature: plan.Feature) -> str:  # noqa: FBT001
    reply = plan.decisive_reply(observed.requester.replies, feature)
    if reply is None:
        return f"not tested: {_not_sent_reason(observed)}"
    text = f"{reply.described} ({reply.variant.described})"
    if answer is None:
        return f"{text}, and no later request was accepted: the refusal may have another reason"
    return text


def _not_sent_reason(observed: Observations) -> str:
    if observed.requester.stopped:
        return f"request {len(observed.requester.replies)} was not answered"
    if not observed.requester.left:
        return f"{MAX_REQUESTS} token requests were sent"
    return "no request tested it"


def _issuer_message(observed: Observations) -> str:
    audience = observed.base.variant.audience
    match observed.issuer:
        case None:
            return f"token_endpoint is set, so nothing was discovered; aud is {audience}"
        case True:
            return f"the discovery document names one; aud is {audience}"
        case _:
            return f"the discovery document names none; aud is {audience}"


def _clock_finding(observed: Observations) -> Finding:
    answer = observed.base.answer
    skew = answer.clock_skew if answer else None
    if skew is None:
        text = "the response has no valid Date header: clocks cannot be compared"
    elif not skew:
        text = "the provider's clock agrees with this machine's"
    else:
        text = describe_skew(skew)
    return _finding("Date there", skew is not None, text)


def _replay_message(observed: Observations) -> str:
    if not observed.replay:
        return "not tested: --replay sends one assertion twice"
    last = observed.requester.replies[-1]
    return last.described if last.replayed else f"not tested: {_not_sent_reason(observed)}"


def _backdate_message(observed: Observations, needed: bool | None) -> str:  # noqa: FBT001
    if needed is None:
        return "iat was set back in every request that was accepted"
    back = observed.base.variant.backdate.total_seconds()
    if needed:
        return (
            f"with iat {back:.0f} s back, {observed.base.described}, without it refused; by this "
            "machine's clock, the function's is AWS's"
        )
    return "a request whose iat is this machine's time is accepted"
