"""HttpxAuth and RequestsAuth with a server that answers 401."""

import asyncio
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import pytest
import requests

from tests.support.canned_server import CannedServer, answer
from tests.unit.reader.scenario import ReaderScenario
from token_reader import HttpxAuth, RequestsAuth, TokenReader, TokenUnavailable

OK, REFUSED = answer(200, b"yes"), answer(401, b"no")
Body = bytes | Iterator[bytes] | None
Send = Callable[[TokenReader, str, Body], int]
"""Sends a body to a URL and returns the status."""


def with_httpx(reader: TokenReader, url: str, body: Body = None) -> int:
    with httpx.Client(auth=HttpxAuth(reader), follow_redirects=True) as client:
        return client.post(url, content=body).status_code


def with_async_httpx(reader: TokenReader, url: str, body: Body = None) -> int:
    async def post() -> int:
        async with httpx.AsyncClient(auth=HttpxAuth(reader), follow_redirects=True) as client:
            content = _asynchronous(body) if isinstance(body, Iterator) else body
            return (await client.post(url, content=content)).status_code

    return asyncio.run(post())


async def _asynchronous(pieces: Iterator[bytes]):
    for piece in pieces:
        yield piece


def with_requests(reader: TokenReader, url: str, body: Body = None) -> int:
    with requests.Session() as session:
        session.auth = RequestsAuth(reader)
        return session.post(url, data=body, timeout=10).status_code


@pytest.fixture(params=[with_httpx, with_async_httpx, with_requests])
def send(request: pytest.FixtureRequest) -> Send:
    sender: Send = request.param
    return sender


def tokens(server: CannedServer) -> list[str]:
    """The values of the Authorization headers that arrived, one for each request."""
    found = []
    for request in server.requests:
        head = request.partition(b"\r\n\r\n")[0].decode().split("\r\n")
        lines = [line for line in head if line.lower().startswith("authorization:")]
        found.append(lines[0].partition(": ")[2] if lines else "")
    return found


def test_every_request_carries_the_token(send: Send, reader: TokenReader):
    with CannedServer(OK) as server:
        assert send(reader, server.url, None) == 200

    assert tokens(server) == ["Bearer token-1"]


def test_a_refused_token_is_replaced_and_the_whole_request_is_repeated(
    send: Send, reader: TokenReader, scenario: ReaderScenario
):
    scenario.publish()
    with CannedServer(REFUSED, OK) as server:
        assert send(reader, server.url, b"the body") == 200

    assert tokens(server) == ["Bearer token-1", "Bearer token-2"]
    assert [request.partition(b"\r\n\r\n")[2] for request in server.requests] == [b"the body"] * 2
    assert scenario.reads == 2


def test_a_second_refusal_is_returned(send: Send, reader: TokenReader, scenario: ReaderScenario):
    scenario.publish()
    with CannedServer(REFUSED) as server:
        assert send(reader, server.url, None) == 401

    assert tokens(server) == ["Bearer token-1", "Bearer token-2"]


def test_without_a_newer_token_the_request_is_not_repeated(
    send: Send, reader: TokenReader, scenario: ReaderScenario
):
    with CannedServer(REFUSED, OK) as server:
        assert send(reader, server.url, None) == 401

    assert tokens(server) == ["Bearer token-1"]
    assert scenario.reads == 2


def test_a_refusal_is_returned_if_there_is_no_usable_token(
    send: Send, reader: TokenReader, scenario: ReaderScenario
):
    with CannedServer(_expires(scenario), OK) as server:
        assert send(reader, server.url, None) == 401

    assert len(server.requests) == 1


def _expires(scenario: ReaderScenario):
    """A server in whose request the token expires without being replaced."""

    def behaviour(connection) -> None:
        scenario.clock.advance(seconds=400)
        REFUSED(connection)

    return behaviour


def test_other_statuses_cause_no_read(send: Send, reader: TokenReader, scenario: ReaderScenario):
    scenario.publish()
    with CannedServer(answer(403)) as server:
        assert send(reader, server.url, None) == 403

    assert scenario.reads == 1


def test_a_streamed_body_is_not_sent_twice(
    send: Send, reader: TokenReader, scenario: ReaderScenario
):
    scenario.publish()
    with CannedServer(REFUSED, OK) as server:
        assert send(reader, server.url, iter([b"piece", b"piece"])) == 401

    assert len(server.requests) == 1


def test_a_redirect_to_another_host_does_not_carry_the_token(
    send: Send, reader: TokenReader, scenario: ReaderScenario
):
    scenario.publish()
    with CannedServer(REFUSED, REFUSED) as elsewhere:
        away = answer(302, b"", f"Location: {elsewhere.url.replace('127.0.0.1', 'localhost')}")
        with CannedServer(away, OK) as server:
            assert send(reader, server.url, None) == 401

    assert tokens(elsewhere) == [""]
    assert tokens(server) == ["Bearer token-1"]


@pytest.mark.parametrize("status", [302, 307])
def test_what_netrc_has_for_another_host_stays_and_the_token_does_not_go_there(
    send: Send,
    reader: TokenReader,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    status: int,
):
    """requests puts what ``.netrc`` has into a redirected request. Its refusal is not ours."""
    netrc = tmp_path / "netrc"
    netrc.write_text("machine localhost login somebody password else\n", encoding="utf-8")
    monkeypatch.setenv("NETRC", str(netrc))
    with CannedServer(REFUSED, OK) as elsewhere:
        away = answer(status, b"", f"Location: {elsewhere.url.replace('127.0.0.1', 'localhost')}")
        with CannedServer(away, OK) as server:
            assert send(reader, server.url, None) == 401

    assert len(tokens(elsewhere)) == 1
    assert "token-" not in tokens(elsewhere)[0]
    assert tokens(server) == ["Bearer token-1"]


class KeepsAuth(requests.Session):
    """As people write who need the header after a redirect."""

    def rebuild_auth(self, prepared_request: Any, response: Any) -> None:
        """Keeps it."""


def test_another_host_does_not_get_a_newer_token_whatever_header_it_refuses(
    reader: TokenReader, scenario: ReaderScenario
):
    scenario.publish()
    with CannedServer(REFUSED, OK) as elsewhere, KeepsAuth() as session:
        away = answer(302, b"", f"Location: {elsewhere.url.replace('127.0.0.1', 'localhost')}")
        with CannedServer(away, OK) as server:
            session.auth = RequestsAuth(reader)
            assert session.get(server.url, timeout=10).status_code == 401

    assert tokens(elsewhere) == ["Bearer token-1"], "the application sent it"


def test_what_netrc_has_for_the_same_host_is_not_replaced(
    reader: TokenReader, scenario: ReaderScenario, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else\n", encoding="utf-8")
    monkeypatch.setenv("NETRC", str(netrc))
    scenario.publish()
    with CannedServer(answer(302, b"", "Location: /other"), REFUSED, OK) as server:
        assert with_requests(reader, server.url) == 401

    assert [sent.partition(" ")[0] for sent in tokens(server)] == ["Bearer", "Basic"]


def test_a_request_is_repeated_once_however_many_redirects_follow(
    send: Send, reader: TokenReader, scenario: ReaderScenario
):
    scenario.publish()
    with CannedServer(
        REFUSED, answer(302, b"", "Location: /a"), REFUSED, answer(302, b"", "Location: /b"), OK
    ) as server:
        assert send(reader, server.url, None) == 401

    assert tokens(server) == ["Bearer token-1", "Bearer token-2", "Bearer token-2"]


def test_an_api_that_refuses_everything_causes_one_read_for_each_token_and_then_ever_fewer(
    send: Send, reader: TokenReader, scenario: ReaderScenario
):
    read_at = []
    with CannedServer(REFUSED) as server:
        for second in range(40):
            scenario.at(2 + second)
            reads = scenario.reads
            assert send(reader, server.url, None) == 401
            if scenario.reads > reads:
                read_at.append(second)

    pauses = [later - earlier for earlier, later in pairwise(read_at)]
    assert read_at[0] == 0
    assert pauses == sorted(pauses)
    assert 3 <= len(read_at) <= 6


def test_a_newer_token_is_found_also_after_many_refusals(
    send: Send, reader: TokenReader, scenario: ReaderScenario
):
    with CannedServer(*[REFUSED] * 6, OK) as server:
        for second in range(5):
            scenario.at(2 + second)
            assert send(reader, server.url, None) == 401
        scenario.at(100)
        scenario.publish()

        assert send(reader, server.url, None) == 200

    assert tokens(server) == [*["Bearer token-1"] * 6, "Bearer token-2"]


def test_without_a_token_no_request_is_sent(send: Send, scenario: ReaderScenario):
    with CannedServer(OK) as server, pytest.raises(TokenUnavailable):
        send(scenario.reader(), server.url, None)

    assert server.requests == []
