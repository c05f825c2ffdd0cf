"""The page's server: loopback only, and no other site can read it or turn a switch.

A browser sends requests to loopback for any site that it shows. A name that an attacker's DNS
points to 127.0.0.1 is refused by the header Host, another site by the header Origin:
https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html
"""

import json
from collections.abc import Callable, Mapping
from http import HTTPStatus
from inspect import signature
from pathlib import Path
from typing import Any, Final

from local.http.answers import CannedResponse
from local.http.server import LoopbackServer, Reply, Request
from local.process.ports import LOOPBACK
from local.switches.switch import UnknownControl

_STATIC: Final = Path(__file__).with_name("static")
_FILES: Final[Mapping[str, tuple[str, str]]] = {
    "/": ("index.html", "text/html; charset=utf-8"),
    "/page.css": ("page.css", "text/css; charset=utf-8"),
    "/page.js": ("page.js", "text/javascript; charset=utf-8"),
    "/chart.js": ("chart.js", "text/javascript; charset=utf-8"),
}
_SECURITY_HEADERS: Final[Mapping[str, str]] = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


class PageServer:
    """Serves the page from its creation until ``stop``."""

    def __init__(
        self,
        *,
        port: int,
        state: Callable[[], Mapping[str, object]],
        actions: Mapping[str, Callable[..., None]],
    ) -> None:
        """``state`` is GET /state. ``acts`` are POST requests, by path, with the JSON's members.

        Port 0 means any free port. Raises PortTaken.
        """
        self._state = state
        self._actions = actions
        self._server = LoopbackServer(port=port, respond=self._respond)
        self.address: Final = f"http://{LOOPBACK}:{self._server.port}"
        self._hosts = {f"{name}:{self._server.port}" for name in (LOOPBACK, "localhost")}
        self._origins = {f"http://{host}" for host in self._hosts}

    def stop(self) -> None:
        """Ends all connections and frees the port."""
        self._server.stop()

    def _respond(self, request: Request) -> Reply:
        answer = self._refusal(request) or self._answer(request)
        headers = {**answer.headers, **_SECURITY_HEADERS}
        return Reply(answer=CannedResponse(status=answer.status, headers=headers, body=answer.body))

    def _refusal(self, request: Request) -> CannedResponse | None:
        if request.headers.get("host") not in self._hosts:
            return _error(HTTPStatus.FORBIDDEN, "the Host header names another host")
        origin = request.headers.get("origin")
        if origin not in self._origins and (origin is not None or request.method == "POST"):
            return _error(HTTPStatus.FORBIDDEN, "another origin than the page's asks")
        return None

    def _answer(self, request: Request) -> CannedResponse:
        if request.method == "POST":
            return self._run_action(request)
        if request.method != "GET":
            return _error(HTTPStatus.METHOD_NOT_ALLOWED, "GET and POST are answered")
        if request.path == "/state":
            return CannedResponse.json(HTTPStatus.OK, self._state())
        if request.path in _FILES:
            name, kind = _FILES[request.path]
            content = (_STATIC / name).read_bytes()
            return CannedResponse(status=200, headers={"Content-Type": kind}, body=content)
        return _error(HTTPStatus.NOT_FOUND, "nothing is here")

    def _run_action(self, request: Request) -> CannedResponse:
        if request.headers.get("content-type") != "application/json":
            return _error(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "send application/json")
        action = self._actions.get(request.path)
        if action is None:
            return _error(HTTPStatus.NOT_FOUND, "nothing is here")
        try:
            action(**_members(request.body, action))
        except UnknownControl:
            return _error(HTTPStatus.BAD_REQUEST, "there is no such switch, position or button")
        except Exception as error:  # noqa: BLE001  # whatever AWS or the identity provider raises
            return _error(HTTPStatus.BAD_GATEWAY, type(error).__name__)
        return CannedResponse.json(HTTPStatus.OK, self._state())


def _members(body: str, action: Callable[..., None]) -> dict[str, Any]:
    """The JSON's members. Raises NotOnThePanel if the act does not take them."""
    try:
        members: dict[str, Any] = json.loads(body)
        signature(action).bind(**members)
    except (ValueError, TypeError) as error:
        raise UnknownControl(str(error)) from error
    return members


def _error(status: HTTPStatus, text: str) -> CannedResponse:
    return CannedResponse.json(status, {"error": text})
