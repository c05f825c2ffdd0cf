"""The probe's token requests: few, counted, each shown, and what each was answered."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from token_rotator.contract import LONGEST_TOKEN_LIFETIME_SECONDS
from token_rotator.credential.assertion import AssertionSigner
from token_rotator.credential.service_account import ServiceAccount
from token_rotator.errors import AnsweredByAnother, IdentityProviderError, TokenRequestRefused
from token_rotator.identity_provider import answers
from token_rotator.identity_provider.client import TokenEndpoint
from token_rotator.identity_provider.codes import CODES
from token_rotator.identity_provider.discovery import Destination, Discovery
from token_rotator.identity_provider.response import ProviderResponse
from token_rotator.parameter.record import Record
from token_rotator.settings import Settings
from token_rotator.steps import Steps
from token_rotator.timing import HTTP_CONNECT, HTTP_READ
from token_rotator_cli.clock import Clock
from token_rotator_cli.errors import ProxyFailed
from token_rotator_cli.exchange.journal import Journal, ObservedHttp, ObservedSigner
from token_rotator_cli.exchange.probe.manner import Manner

MOST: Final = 6
"""Token requests of one probe."""

LONGEST: Final = HTTP_CONNECT + HTTP_READ + timedelta(seconds=1)
UNTOLD: Final = timedelta(seconds=LONGEST_TOKEN_LIFETIME_SECONDS)
"""The lifetime of a token whose answer says none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What one token request was answered."""

    number: int
    manner: Manner
    record: Record | None
    """The token; None: there was none."""
    error: IdentityProviderError | ProxyFailed | None
    answer: ProviderResponse | None = field(repr=False)
    """None: nothing was answered."""
    assertion: str = field(repr=False)
    replayed: bool = False

    @property
    def accepted(self) -> bool:
        return self.record is not None

    @property
    def refused(self) -> bool:
        """Whether somebody said no, and not "later" or nothing."""
        return isinstance(self.error, (TokenRequestRefused, AnsweredByAnother))

    @property
    def code(self) -> str | None:
        """The OAuth error code, if it is a registered one; others might quote the request."""
        code = answers.error_code(self.answer) if self.answer else None
        return code if code in CODES else None

    @property
    def described(self) -> str:
        """``request 2 was refused with status 400, invalid_request``."""
        status = f"status {self.answer.status}" if self.answer else "no answer"
        said = ", ".join([status, *([self.code] if self.code else [])])
        return f"request {self.number} was " + ("accepted" if self.accepted else f"refused, {said}")


@dataclass(kw_only=True)
class Asker:
    """Sends the requests, until there were six or the provider could not answer one."""

    account: ServiceAccount
    settings: Settings
    token_endpoint: str
    http: ObservedHttp
    clock: Clock
    journal: Journal
    replies: list[Reply] = field(default_factory=list)

    @property
    def stopped(self) -> IdentityProviderError | ProxyFailed | None:
        """Why nothing more is asked: the last request was neither accepted nor refused."""
        last = self.replies[-1] if self.replies else None
        return None if last is None or last.accepted or last.refused else last.error

    @property
    def left(self) -> int:
        """How many requests may still be sent."""
        return 0 if self.stopped else MOST - len(self.replies)

    def ask(self, manner: Manner) -> Reply | None:
        """What a new assertion is answered in this manner; None: nothing more is asked."""
        if not self.left:
            return None
        signer = _Keeping(
            algorithm=self.settings.algorithm,
            lifetime=manner.lifetime,
            backdate=manner.backdate,
            key_id=self.settings.key_id,
            journal=self.journal,
        )
        return self._send(manner, signer, manner.described)

    def replay(self, reply: Reply) -> Reply | None:
        """What the same assertion is answered a second time."""
        if not self.left:
            return None
        signer = _Again(algorithm=self.settings.algorithm, assertion=reply.assertion)
        return self._send(reply.manner, signer, f"the assertion of request {reply.number} again")

    def _send(self, manner: Manner, signer: "_Keeping | _Again", what: str) -> Reply:
        number = len(self.replies) + 1
        self.journal.fact(f"request {number}", what, number=number, manner=what)
        endpoint = TokenEndpoint(
            settings=replace(manner.applied(self.settings), token_lifetime=UNTOLD),
            channel=self.http,
            discovery=_Known(self.token_endpoint, manner.audience),
            signer=signer,
            now=self.clock.now,
        )
        record, error = None, None
        try:
            now = self.clock.now
            record = endpoint.exchange(self.account, deadline=now() + LONGEST, steps=Steps(now=now))
        except (IdentityProviderError, ProxyFailed) as exc:
            error = exc
        reply = Reply(
            number=number,
            manner=manner,
            record=record,
            error=error,
            answer=self.http.answered,
            assertion=signer.sent,
            replayed=isinstance(signer, _Again),
        )
        self.replies.append(reply)
        return reply


class _Known(Discovery):
    """The destination, which is not looked up again: each request is sent once."""

    def __init__(self, token_endpoint: str, audience: str) -> None:
        self._destination = Destination(token_endpoint=token_endpoint, audience=audience)

    def destination(self, *_: object, **__: object) -> Destination:
        return self._destination

    def changed(self, *_: object, **__: object) -> None:
        return None


@dataclass(frozen=True, kw_only=True)
class _Keeping(ObservedSigner):
    """Keeps what it signs, for a request that is asked for to be sent twice."""

    kept: list[str] = field(default_factory=list, repr=False)

    @property
    def sent(self) -> str:
        return self.kept[-1]

    def sign(self, account: ServiceAccount, *, audience: str, now: datetime) -> str:
        assertion = super().sign(account, audience=audience, now=now)
        self.kept.append(assertion)
        return assertion


@dataclass(frozen=True, kw_only=True)
class _Again(AssertionSigner):
    """Signs nothing: an assertion that was sent before."""

    assertion: str = field(repr=False)

    @property
    def sent(self) -> str:
        return self.assertion

    def sign(self, *_: object, **__: object) -> str:
        return self.assertion
