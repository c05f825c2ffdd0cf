"""Sends and shows the probe's token requests, with a limit on their number."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from token_rotator.contract import MAX_TOKEN_LIFETIME_SECONDS
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
from token_rotator.timing import HTTP_CONNECT_TIMEOUT, HTTP_READ_TIMEOUT
from token_rotator_cli.clock import Clock
from token_rotator_cli.errors import ProxyFailed
from token_rotator_cli.exchange.journal import Journal, ObservedHttp, ObservedSigner
from token_rotator_cli.exchange.probe.variant import Variant

MAX_REQUESTS: Final = 6
"""Maximum number of token requests of one probe."""

TIMEOUT: Final = HTTP_CONNECT_TIMEOUT + HTTP_READ_TIMEOUT + timedelta(seconds=1)
ASSUMED_LIFETIME: Final = timedelta(seconds=MAX_TOKEN_LIFETIME_SECONDS)
"""The configured lifetime, so that a response without a lifetime is recognizable."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """The response to one token request."""

    number: int
    variant: Variant
    record: Record | None
    """The token; None: there was none."""
    error: IdentityProviderError | ProxyFailed | None
    answer: ProviderResponse | None = field(repr=False)
    """None: there was no response."""
    assertion: str = field(repr=False)
    replayed: bool = False

    @property
    def accepted(self) -> bool:
        return self.record is not None

    @property
    def refused(self) -> bool:
        """Whether it was refused, and not a temporary failure."""
        return isinstance(self.error, (TokenRequestRefused, AnsweredByAnother))

    @property
    def code(self) -> str | None:
        """The OAuth error code, if registered. Others may quote the request."""
        code = answers.error_code(self.answer) if self.answer else None
        return code if code in CODES else None

    @property
    def described(self) -> str:
        """``request 2 was refused with status 400, invalid_request``."""
        status = f"status {self.answer.status}" if self.answer else "no response"
        details = ", ".join([status, *([self.code] if self.code else [])])
        result = "accepted" if self.accepted else f"refused, {details}"
        return f"request {self.number} was {result}"


@dataclass(kw_only=True)
class Requester:
    """Sends requests up to the limit, or until the provider is unavailable."""

    account: ServiceAccount
    settings: Settings
    token_endpoint: str
    http: ObservedHttp
    clock: Clock
    journal: Journal
    replies: list[Reply] = field(default_factory=list)

    @property
    def stopped(self) -> IdentityProviderError | ProxyFailed | None:
        """Why no more requests are sent: the last one was neither accepted nor refused."""
        last = self.replies[-1] if self.replies else None
        return None if last is None or last.accepted or last.refused else last.error

    @property
    def left(self) -> int:
        """The number of remaining requests."""
        return 0 if self.stopped else MAX_REQUESTS - len(self.replies)

    def send(self, variant: Variant) -> Reply | None:
        """Sends a new assertion with this variant. None: no more requests are sent."""
        if not self.left:
            return None
        signer = _RecordingSigner(
            algorithm=self.settings.algorithm,
            lifetime=variant.lifetime,
            backdate=variant.backdate,
            key_id=self.settings.key_id,
            journal=self.journal,
        )
        return self._send(variant, signer, variant.described)

    def replay(self, reply: Reply) -> Reply | None:
        """Sends the same assertion a second time."""
        if not self.left:
            return None
        signer = _ReplayingSigner(algorithm=self.settings.algorithm, assertion=reply.assertion)
        return self._send(reply.variant, signer, f"the assertion of request {reply.number} again")

    def _send(
        self, variant: Variant, signer: "_RecordingSigner | _ReplayingSigner", what: str
    ) -> Reply:
        number = len(self.replies) + 1
        self.journal.fact(f"request {number}", what, number=number, manner=what)
        endpoint = TokenEndpoint(
            settings=replace(variant.applied(self.settings), token_lifetime=ASSUMED_LIFETIME),
            http=self.http,
            discovery=_FixedDestination(self.token_endpoint, variant.audience),
            signer=signer,
            now=self.clock.now,
        )
        record, error = None, None
        try:
            now = self.clock.now
            record = endpoint.exchange(self.account, deadline=now() + TIMEOUT, steps=Steps(now=now))
        except (IdentityProviderError, ProxyFailed) as exc:
            error = exc
        reply = Reply(
            number=number,
            variant=variant,
            record=record,
            error=error,
            answer=self.http.token_response,
            assertion=signer.sent,
            replayed=isinstance(signer, _ReplayingSigner),
        )
        self.replies.append(reply)
        return reply


class _FixedDestination(Discovery):
    """A fixed destination, without discovery."""

    def __init__(self, token_endpoint: str, audience: str) -> None:
        self._destination = Destination(token_endpoint=token_endpoint, audience=audience)

    def destination(self, *_: object, **__: object) -> Destination:
        return self._destination

    def rediscover(self, *_: object, **__: object) -> None:
        return None


@dataclass(frozen=True, kw_only=True)
class _RecordingSigner(ObservedSigner):
    """A signer that keeps its assertion, so that it can be sent twice."""

    assertions: list[str] = field(default_factory=list, repr=False)

    @property
    def sent(self) -> str:
        return self.assertions[-1]

    def sign(self, account: ServiceAccount, *, audience: str, now: datetime) -> str:
        assertion = super().sign(account, audience=audience, now=now)
        self.assertions.append(assertion)
        return assertion


@dataclass(frozen=True, kw_only=True)
class _ReplayingSigner(AssertionSigner):
    """Returns an assertion that was sent before."""

    assertion: str = field(repr=False)

    @property
    def sent(self) -> str:
        return self.assertion

    def sign(self, *_: object, **__: object) -> str:
        return self.assertion
