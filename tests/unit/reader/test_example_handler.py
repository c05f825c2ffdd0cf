"""The function of examples/consumer, with token_reader.testing and an API on loopback."""

import runpy
from collections.abc import Iterator
from typing import Any

import pytest

from local import ROOT
from tests.support.canned_server import CannedServer, answer
from token_reader.testing import FakeTokenReader

HANDLER = ROOT / "examples" / "consumer" / "function" / "handler.py"


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Iterator[CannedServer]:
    """Refuses the first request."""
    with CannedServer(answer(401), answer(200)) as server:
        monkeypatch.setenv("API_URL", server.url)
        monkeypatch.setenv("TOKEN_PARAMETER", "/a")
        yield server


def _handled_by(reader: FakeTokenReader) -> Any:
    handler = runpy.run_path(str(HANDLER))
    handler["handle"].__globals__["reader"] = reader
    return handler["handle"]({}, None)


def test_a_refused_token_is_replaced_by_a_newer_one(api: CannedServer):
    reader = FakeTokenReader("one")
    reader.get()
    reader.publish("two")

    assert _handled_by(reader) == {"status": 200}
    assert b"Bearer one" in api.requests[0]
    assert b"Bearer two" in api.requests[1]


def test_without_a_newer_token_the_request_is_not_repeated(api: CannedServer):
    assert _handled_by(FakeTokenReader("one")) == {"status": 401}
    assert len(api.requests) == 1
