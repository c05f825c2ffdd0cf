"""Shows the steps of an exchange with their durations."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import jwt

from token_rotator import urls
from token_rotator.contract import RequestStyle
from token_rotator.credential.assertion import AssertionSigner
from token_rotator.credential.service_account import ServiceAccount
from token_rotator.identity_provider.http import ProviderHttp
from token_rotator.identity_provider.response import ProviderResponse
from token_rotator_cli.console import Console, moment
from token_rotator_cli.exchange.network import Network

_WIDTHS: Final = (10, 9)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step. It contains no secrets."""

    name: str
    milliseconds: float | None
    message: str
    facts: Mapping[str, object]


class Running:
    """A step in progress. The last message is shown."""

    def __init__(self) -> None:
        self.message = "failed"
        self.facts: dict[str, object] = {}

    def ended(self, message: str, **facts: object) -> None:
        """Sets the step's message."""
        self.message, self.facts = message, facts


@dataclass(frozen=True, slots=True, kw_only=True)
class Journal:
    """Shows the steps, and keeps them for ``--json``."""

    console: Console
    steps: list[Step] = field(default_factory=list)

    @contextmanager
    def step(self, name: str) -> Iterator[Running]:
        """Measures the block, and shows it when it ends, even with an error."""
        running = Running()
        begun = time.monotonic()
        try:
            yield running
        finally:
            self._show(name, running, (time.monotonic() - begun) * 1000)

    def fact(self, name: str, message: str, **facts: object) -> None:
        """Shows a step without a duration."""
        running = Running()
        running.ended(message, **facts)
        self._show(name, running, None)

    def as_json(self) -> list[dict[str, object]]:
        """The steps, for ``--json``."""
        return [
            {
                "step": step.name,
                "milliseconds": step.milliseconds,
                "message": step.message,
                "facts": dict(step.facts),
            }
            for step in self.steps
        ]

    def _show(self, name: str, running: Running, milliseconds: float | None) -> None:
        # a provider's issuer may contain terminal control characters
        message = "".join(one if one.isprintable() else "?" for one in running.message)
        self.steps.append(
            Step(
                name=name,
                milliseconds=None if milliseconds is None else round(milliseconds, 1),
                message=message,
                facts=running.facts,
            )
        )
        took = "" if milliseconds is None else f"{milliseconds:,.0f} ms"
        self.console.row(name, took.rjust(_WIDTHS[1]), message, widths=_WIDTHS)


class ObservedHttp(ProviderHttp):
    """The function's HTTP client. Shows each request as a step."""

    discovered: ProviderResponse | None = None
    """The last response of the discovery endpoint."""
    answered: ProviderResponse | None = None
    """The last token response. None: there was none."""

    def __init__(self, *, network: Network, now: Callable[[], datetime], journal: Journal) -> None:
        super().__init__(pool=network, now=now)
        self._network = network
        self._journal = journal

    def get(self, url: str, *, what: str, deadline: datetime) -> ProviderResponse:
        with self._journal.step("discovery") as running:
            self.discovered = super().get(url, what=what, deadline=deadline)
            self._ended(running, self.discovered, url, "")
        return self.discovered

    def post(
        self,
        url: str,
        parameters: Mapping[str, str],
        *,
        style: RequestStyle,
        what: str,
        deadline: datetime,
    ) -> ProviderResponse:
        self.answered = None
        with self._journal.step("exchange") as running:
            self.answered = super().post(url, parameters, style=style, what=what, deadline=deadline)
            self._ended(running, self.answered, url, f", parameters in the {style}")
        return self.answered

    def _ended(self, running: Running, answer: ProviderResponse, url: str, more: str) -> None:
        tls = self._network.tls_version
        running.ended(
            f"{urls.without_query(url)} answered: {answer.described} ({tls or 'no TLS'}{more})",
            url=urls.without_query(url),
            status=answer.status,
            tls_version=tls,
            proxy=self._network.via,
        )


@dataclass(frozen=True, kw_only=True)
class ObservedSigner(AssertionSigner):
    """The function's signer. Shows the claims, but not the assertion."""

    journal: Journal

    def sign(self, account: ServiceAccount, *, audience: str, now: datetime) -> str:
        with self.journal.step("assertion") as running:
            assertion = super().sign(account, audience=audience, now=now)
            # decoded from the assertion itself, so that they are what is sent
            header = jwt.get_unverified_header(assertion)
            claims = jwt.decode(assertion, options={"verify_signature": False})
            claims.pop("jti")  # a random value
            running.ended(
                f"signed with {header['alg']}{_key_id(header)}: {_claims(claims)}",
                algorithm=header["alg"],
                key_id=header.get("kid"),
                claims=claims,
            )
        return assertion


def _key_id(header: Mapping[str, Any]) -> str:
    return f" and kid {header['kid']}" if "kid" in header else ""


def _claims(claims: Mapping[str, Any]) -> str:
    times = {
        name: moment(datetime.fromtimestamp(claims[name]).astimezone())
        for name in ("iat", "exp")
        if name in claims
    }
    texts = [f"{name} {value}" for name, value in ({**claims, **times}).items()]
    return ", ".join([*texts, *([] if "exp" in claims else ["no exp"])])
