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


@dataclass(slots=True, kw_only=True)
class Step:
    """One step. It contains no secrets."""

    name: str
    message: str = "failed"
    facts: Mapping[str, object] = field(default_factory=dict)
    milliseconds: float | None = None

    def finish(self, message: str, **facts: object) -> None:
        """Sets the message and the facts."""
        # a provider's issuer may contain terminal control characters
        self.message = "".join(one if one.isprintable() else "?" for one in message)
        self.facts = facts


@dataclass(frozen=True, slots=True, kw_only=True)
class Journal:
    """Shows the steps, and keeps them for ``--json``."""

    console: Console
    steps: list[Step] = field(default_factory=list)

    @contextmanager
    def step(self, name: str) -> Iterator[Step]:
        """Measures the block, and shows it when it ends, even with an error."""
        step = Step(name=name)
        started = time.monotonic()
        try:
            yield step
        finally:
            step.milliseconds = round((time.monotonic() - started) * 1000, 1)
            self._show(step)

    def fact(self, name: str, message: str, **facts: object) -> None:
        """Shows a step without a duration."""
        step = Step(name=name)
        step.finish(message, **facts)
        self._show(step)

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

    def _show(self, step: Step) -> None:
        self.steps.append(step)
        duration = "" if step.milliseconds is None else f"{step.milliseconds:,.0f} ms"
        self.console.row(step.name, duration.rjust(_WIDTHS[1]), step.message, widths=_WIDTHS)


class ObservedHttp(ProviderHttp):
    """The function's HTTP client. Shows each request as a step."""

    discovery_response: ProviderResponse | None = None
    """The last response of the discovery endpoint."""
    token_response: ProviderResponse | None = None
    """The last token response. None: there was none."""

    def __init__(self, *, network: Network, now: Callable[[], datetime], journal: Journal) -> None:
        super().__init__(pool=network, now=now)
        self._network = network
        self._journal = journal

    def get(self, url: str, *, endpoint_name: str, deadline: datetime) -> ProviderResponse:
        with self._journal.step("discovery") as step:
            self.discovery_response = super().get(
                url, endpoint_name=endpoint_name, deadline=deadline
            )
            self._finish(step, self.discovery_response, url, "")
        return self.discovery_response

    def post(
        self,
        url: str,
        parameters: Mapping[str, str],
        *,
        style: RequestStyle,
        endpoint_name: str,
        deadline: datetime,
    ) -> ProviderResponse:
        self.token_response = None
        with self._journal.step("exchange") as step:
            self.token_response = super().post(
                url, parameters, style=style, endpoint_name=endpoint_name, deadline=deadline
            )
            self._finish(step, self.token_response, url, f", parameters in the {style}")
        return self.token_response

    def _finish(self, step: Step, response: ProviderResponse, url: str, details: str) -> None:
        tls = self._network.tls_version
        step.finish(
            f"{urls.without_query(url)} answered: {response.summary} ({tls or 'no TLS'}{details})",
            url=urls.without_query(url),
            status=response.status,
            tls_version=tls,
            proxy=self._network.via,
        )


@dataclass(frozen=True, kw_only=True)
class ObservedSigner(AssertionSigner):
    """The function's signer. Shows the claims, but not the assertion."""

    journal: Journal

    def sign(self, account: ServiceAccount, *, audience: str, now: datetime) -> str:
        with self.journal.step("assertion") as step:
            assertion = super().sign(account, audience=audience, now=now)
            # decoded from the assertion itself, so that they are what is sent
            header = jwt.get_unverified_header(assertion)
            claims = jwt.decode(assertion, options={"verify_signature": False})
            claims.pop("jti")  # a random value
            step.finish(
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
