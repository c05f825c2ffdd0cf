"""The page's server answers the page's own origin on loopback, and nobody else."""

import json
from collections.abc import Iterator, Mapping
from http.client import HTTPConnection
from typing import Any, NamedTuple

import pytest

from local.page.server import PageServer
from local.process.ports import LOOPBACK
from local.switches.switch import UnknownControl

JSON = "application/json"


class Answered(NamedTuple):
    status: int
    headers: Mapping[str, str]
    body: str


class Served:
    """A running server that records what is turned."""

    def __init__(self) -> None:
        self.turned: list[Mapping[str, str]] = []
        self.error: Exception | None = None
        self.server = PageServer(port=0, state=lambda: {"at": 1}, actions={"/turn": self._turn})
        self.port = int(self.server.address.rpartition(":")[2])
        self.own = {"Origin": self.server.address, "Content-Type": JSON}

    def _turn(self, *, switch: str, position: str) -> None:
        if switch != "key":
            raise UnknownControl(switch)
        if self.error:
            raise self.error
        self.turned.append({switch: position})

    def ask(self, method: str, path: str, *, body: str = "", **headers: str) -> Answered:
        connection = HTTPConnection(LOOPBACK, self.port, timeout=30)
        connection.putrequest(method, path, skip_host="Host" in headers)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            connection.putheader(name, value)
        connection.endheaders(body.encode())
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return Answered(answer.status, dict(answer.getheaders()), text)

    def turn(self, *, body: str | None = None, **headers: str) -> Answered:
        content = json.dumps({"switch": "key", "position": "revoked"}) if body is None else body
        return self.ask("POST", "/turn", body=content, **{**self.own, **headers})


@pytest.fixture
def served() -> Iterator[Served]:
    served = Served()
    yield served
    served.server.stop()


def test_it_listens_on_loopback_only(served: Served) -> None:
    assert served.server._server.server_address[0] == LOOPBACK  # noqa: SLF001


@pytest.mark.parametrize("path", ["/", "/page.js", "/chart.js", "/page.css", "/state"])
@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "127.0.0.1:1", "[::1]:{port}", ""])
def test_another_host_is_refused_so_no_name_can_be_bound_to_loopback(
    served: Served, path: str, host: str
) -> None:
    answered = served.ask("GET", path, Host=host.format(port=served.port))

    assert answered.status == 403
    assert json.loads(answered.body).keys() == {"error"}


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost"])
def test_the_two_names_of_loopback_are_answered(served: Served, name: str) -> None:
    assert served.ask("GET", "/state", Host=f"{name}:{served.port}").status == 200


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://127.0.0.1", "http://127.0.0.1:1", ""]
)
def test_another_origin_can_neither_read_nor_turn(served: Served, origin: str) -> None:
    read = served.ask("GET", "/state", Origin=origin)
    turned = served.turn(Origin=origin)

    assert (read.status, turned.status) == (403, 403)
    assert not served.turned


def test_turning_needs_the_pages_origin(served: Served) -> None:
    body = json.dumps({"switch": "key", "position": "revoked"})

    answered = served.ask("POST", "/turn", body=body, **{"Content-Type": JSON})

    assert answered.status == 403
    assert not served.turned


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_turning_needs_a_content_type_that_no_form_can_send(served: Served, kind: str) -> None:
    assert served.turn(**{"Content-Type": kind}).status == 415
    assert not served.turned


def test_a_switch_is_turned_and_the_state_is_answered(served: Served) -> None:
    answered = served.turn()

    assert (answered.status, json.loads(answered.body)) == (200, {"at": 1})
    assert served.turned == [{"key": "revoked"}]


@pytest.mark.parametrize(
    "content", [{"switch": "x", "position": "y"}, {"switch": "key"}, {}, [], None, "key"]
)
def test_what_is_not_on_the_panel_is_an_error(served: Served, content: Any) -> None:
    assert served.turn(body=json.dumps(content)).status == 400
    assert served.turn(body="{").status == 400
    assert not served.turned


@pytest.mark.parametrize("error", [OSError, TypeError, ValueError])
def test_what_an_act_raises_is_told_by_its_name_only(
    served: Served, error: type[Exception]
) -> None:
    served.error = error("a detail")

    answered = served.turn()

    assert (answered.status, json.loads(answered.body)) == (502, {"error": error.__name__})


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/../server.py", 404),
        ("GET", "/static/page.js", 404),
        ("GET", "/turn", 404),
        ("POST", "/state", 404),
        ("PUT", "/turn", 405),
        ("DELETE", "/state", 405),
    ],
)
def test_nothing_else_is_there(served: Served, method: str, path: str, status: int) -> None:
    assert served.ask(method, path, **served.own).status == status


@pytest.mark.parametrize("path", ["/", "/page.js", "/page.css", "/state", "/nothing"])
def test_every_answer_says_what_a_browser_may_do_with_it(served: Served, path: str) -> None:
    headers = served.ask("GET", path).headers

    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"
    assert not [name for name in headers if name.startswith("Access-Control-")]
