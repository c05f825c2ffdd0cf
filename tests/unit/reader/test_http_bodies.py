"""Bodies that HttpxAuth and RequestsAuth may send a second time, and those that they must not."""

import asyncio
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
import requests

from tests.support.canned_server import CannedServer, answer
from tests.unit.reader.scenario import ReaderScenario
from token_reader import HttpxAuth, RequestsAuth, TokenReader

OK, REFUSED = answer(200, b"yes"), answer(401, b"no")


class OneWay(io.RawIOBase):
    """A file that cannot be rewound, such as a pipe."""

    def __init__(self) -> None:
        self._data = [b"content"]

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        return self._data.pop() if self._data else b""


def _multipart_by_httpx(reader: TokenReader, url: str, file: Any) -> int:
    with httpx.Client(auth=HttpxAuth(reader)) as client:
        return client.post(url, files={"file": file}, data={"field": "value"}).status_code


def _multipart_by_async_httpx(reader: TokenReader, url: str, file: Any) -> int:
    async def post() -> int:
        async with httpx.AsyncClient(auth=HttpxAuth(reader)) as client:
            answered = await client.post(url, files={"file": file}, data={"field": "value"})
            return answered.status_code

    return asyncio.run(post())


def _multipart_by_requests(reader: TokenReader, url: str, file: Any) -> int:
    with requests.Session() as session:
        session.auth = RequestsAuth(reader)
        return session.post(
            url, files={"file": file}, data={"field": "value"}, timeout=10
        ).status_code


@pytest.mark.parametrize("kind", [bytes, io.BytesIO])
@pytest.mark.parametrize(
    "post", [_multipart_by_httpx, _multipart_by_async_httpx, _multipart_by_requests]
)
def test_a_multipart_form_is_repeated_whole(
    post: Callable[[TokenReader, str, Any], int],
    reader: TokenReader,
    scenario: ReaderScenario,
    kind: Callable[[bytes], Any],
):
    scenario.publish()
    with CannedServer(REFUSED, OK) as server:
        assert post(reader, server.url, kind(b"content")) == 200

    first, second = (request.partition(b"\r\n\r\n")[2] for request in server.requests)
    assert first == second
    assert b"content" in second
    assert b"value" in second


@pytest.mark.parametrize("post", [_multipart_by_httpx, _multipart_by_async_httpx])
def test_a_form_with_a_file_that_cannot_be_rewound_is_not_repeated(
    post: Callable[[TokenReader, str, Any], int], reader: TokenReader, scenario: ReaderScenario
):
    scenario.publish()
    with CannedServer(REFUSED, OK) as server:
        assert post(reader, server.url, OneWay()) == 401

    assert len(server.requests) == 1


@pytest.mark.parametrize("client", ["httpx", "requests"])
def test_an_open_file_as_the_body_is_not_sent_twice(
    client: str, reader: TokenReader, scenario: ReaderScenario, tmp_path: Path
):
    """It has been read to its end: a repeated request would have an empty body."""
    file = tmp_path / "body"
    file.write_bytes(b"content")
    scenario.publish()
    with CannedServer(REFUSED, OK) as server, file.open("rb") as body:
        if client == "httpx":
            with httpx.Client(auth=HttpxAuth(reader)) as session:
                assert session.post(server.url, content=body).status_code == 401
        else:
            assert (
                requests.post(
                    server.url, data=body, auth=RequestsAuth(reader), timeout=10
                ).status_code
                == 401
            )

    assert len(server.requests) == 1
