"""Identity providers of one's own manners, and what a probe of them said."""

import functools
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs

import jwt

from local.http.answers import CannedResponse
from local.idp.service_account import ServiceAccount
from tests.support.probed_servers import QUESTIONS
from token_rotator_cli.exchange.probe.findings import Verdict

REFUSED = CannedResponse.json(401, {"error": "invalid_client"})


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A token request, as it arrived."""

    style: str
    claims: Mapping[str, Any]
    token_endpoint: str

    @property
    def manner(self) -> tuple[str, bool]:
        """The style, and whether there is an ``exp``."""
        return self.style, "exp" in self.claims


Decide = Callable[[Asked], CannedResponse | bool]
"""Whether the request gets a token, or what it gets."""


@dataclass(kw_only=True)
class Provider:
    """Answers token requests as it is told, without a look at the signature. Keeps a log."""

    decide: Decide
    issuer: str | None = None
    clock: timedelta | None = None
    """Its clock minus ours; None: it sends no Date."""
    expires_in: int | None = 300
    log: list[Asked] = field(default_factory=list)
    discoveries: int = 0

    def __enter__(self) -> Self:
        self._server = _server(self._respond)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self.account = replace(_an_account(), discovery_endpoint=f"{self.url}/discovery")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def manners(self) -> list[tuple[str, bool]]:
        return [asked.manner for asked in self.log]

    def _respond(self, path: str, query: str, body: str) -> CannedResponse:
        if path == "/discovery":
            self.discoveries += 1
            named = {"issuer": self.issuer} if self.issuer else {}
            return CannedResponse.json(200, {"token_endpoint": f"{self.url}/token", **named})
        sent = parse_qs(query or body)
        asked = Asked(
            style="query" if query else "form",
            claims=jwt.decode(sent["client_assertion"][0], options={"verify_signature": False}),
            token_endpoint=f"{self.url}/token",
        )
        self.log.append(asked)
        answer = self.decide(asked)
        if answer is False:
            answer = REFUSED
        elif answer is True:
            life = {"expires_in": self.expires_in} if self.expires_in else {}
            answer = CannedResponse.json(200, {"access_token": f"t-{len(self.log)}", **life})
        if self.clock is None:
            return answer
        date = format_datetime(datetime.now(UTC) + self.clock, usegmt=True)
        return replace(answer, headers={**answer.headers, "Date": date})


@functools.cache
def _an_account() -> ServiceAccount:
    """Making a key takes long, and nobody verifies it here."""
    return ServiceAccount.generate(discovery_endpoint="https://unused.example")


def _server(respond: Callable[[str, str, str], CannedResponse]) -> ThreadingHTTPServer:
    """Sends no Date of its own, unlike the stand-in."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            path, _, query = self.path.partition("?")
            answer = respond(path, query, self.rfile.read(length).decode())
            self.send_response_only(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer.body)

        do_POST = do_GET  # noqa: N815

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            """Logs nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, args=(0.02,)).start()
    return server


@dataclass(frozen=True, kw_only=True)
class Probed:
    """What one probe did and said."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Mapping[str, Any]:
        document: dict[str, Any] = json.loads(self.out)
        return document

    @property
    def answers(self) -> dict[str, Verdict]:
        """By question, of the document."""
        return {one["question"]: one["answer"] for one in self.document["findings"]}

    @property
    def messages(self) -> dict[str, str]:
        return {one["question"]: one["message"] for one in self.document["findings"]}


def answered_in_text(err: str) -> dict[str, str]:
    """The answers in the table that people see."""
    rows = [line for line in err.splitlines() if line.startswith(QUESTIONS)]
    return {row[:26].strip(): row[28:].split()[0] for row in rows}


Probe = Callable[..., Probed]
"""The fixture ``probed``."""


def takes(some: frozenset[tuple[str, bool]]) -> Decide:
    """Accepts requests of these manners."""
    return lambda asked: asked.manner in some
