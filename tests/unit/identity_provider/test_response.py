"""Reading of an answer: encodings, charsets, and the clock that it was sent by."""

import gzip
import tracemalloc
import zlib
from collections.abc import Callable
from datetime import timedelta
from email.utils import format_datetime

import pytest

from tests.support.canned_server import CannedServer, Connection, answer
from tests.support.provider_requests import SENTINEL, accepted, now, post
from token_rotator.errors import AnsweredByAnother
from token_rotator.identity_provider.response import Body, parse_response
from token_rotator.transport import HttpResponse


@pytest.mark.parametrize(
    ("encoding", "encode"),
    [
        ("gzip", gzip.compress),
        ("x-gzip", gzip.compress),
        ("GZIP", gzip.compress),
        ("deflate", zlib.compress),
        ("deflate", lambda body: zlib.compress(body, wbits=-15)),
        ("deflate, gzip", lambda body: gzip.compress(zlib.compress(body))),
        ("identity", bytes),
    ],
)
def test_what_is_compressed_though_nobody_asked_is_read(
    encoding: str, encode: Callable[[bytes], bytes]
):
    body = encode(b'{"access_token": "abc"}')
    with CannedServer(answer(200, body, f"Content-Encoding: {encoding}")) as server:
        received = accepted(server.url)

    assert received.fields == {"access_token": "abc"}
    assert b"accept-encoding: identity" in server.requests[0].lower()


@pytest.mark.parametrize("times", [1, 2, 3])
def test_what_grows_beyond_the_bound_when_it_is_decompressed_is_not_kept(times: int):
    bomb = b" " * 50_000_000 + b"{}"
    for _ in range(times):
        bomb = gzip.compress(bomb)
    encoding = ", ".join(["gzip"] * times)
    with CannedServer(answer(200, bomb, f"Content-Encoding: {encoding}")) as server:
        tracemalloc.start()
        received = post(server.url)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()

    assert received.body is Body.TOO_LARGE
    assert peak < 5_000_000


@pytest.mark.parametrize(
    ("encoding", "shown"),
    [
        ("br", "Content-Encoding br"),
        ("zstd", "Content-Encoding zstd"),
        ("gzip, aes128gcm", "Content-Encoding aes128gcm"),
        (SENTINEL, "Content-Encoding with an unknown name"),
        ("gzip", "a body that does not match its Content-Encoding"),
    ],
)
def test_an_encoding_that_cannot_be_read_is_named(encoding: str, shown: str):
    with (
        CannedServer(answer(200, b"{}", f"Content-Encoding: {encoding}")) as server,
        pytest.raises(AnsweredByAnother, match=shown) as caught,
    ):
        accepted(server.url)

    assert "Accept-Encoding" in str(caught.value)
    assert SENTINEL not in str(caught.value)


@pytest.mark.parametrize(
    ("content_type", "encoding"),
    [
        ("application/json; charset=ISO-8859-1", "latin-1"),
        ('application/json;charset="windows-1252"', "cp1252"),
        ("application/json; charset=Shift_JIS", "shift_jis"),
        ("application/json;CHARSET=gb18030", "gb18030"),
        ("application/json", "latin-1"),
        ("application/json; charset=utf-8", "latin-1"),
        ("application/json; charset=UTF-16", "utf-8"),
        ("application/json; charset=no-such", "utf-8"),
        ("application/json; charset=zip", "utf-8"),
        ("application/json; charset=undefined", "utf-8"),
        ("application/json", "utf-8-sig"),
        ("application/json; charset=utf-8", "utf-8-sig"),
        ("application/json", "utf-16"),
        ("application/json", "utf-16-le"),
        ("application/json", "utf-32-be"),
        ("", "utf-8"),
    ],
)
def test_a_token_is_read_from_an_answer_in_any_charset(content_type: str, encoding: str):
    # the second byte of this character is a backslash in Shift_JIS
    note = "\u8868" if encoding in ("shift_jis", "gb18030") else "Zo\u00eb"
    body = f'{{"note": "{note}", "access_token": "abc"}}'.encode(encoding)
    with CannedServer(answer(200, body, f"Content-Type: {content_type}")) as server:
        received = accepted(server.url)

    assert (received.fields or {})["access_token"] == "abc"


@pytest.mark.parametrize(
    ("offset", "low", "high"), [(-40, -41, -39), (40, 39, 41), (-3, -4, -2), (0, 0, 0)]
)
def test_the_date_of_an_answer_tells_the_difference_of_clocks(offset: float, low: int, high: int):
    def dated(connection: Connection) -> None:
        date = format_datetime(now() + timedelta(seconds=offset), usegmt=True)
        answer(200, b"{}", f"Date: {date}")(connection)

    with CannedServer(dated) as server:
        skew = post(server.url).clock_skew

    assert skew is not None
    assert timedelta(seconds=low) <= skew <= timedelta(seconds=high)


@pytest.mark.parametrize("date", ["", "soon", "Wed, 21 Oct 9999999 07:28:00 GMT", "7"])
def test_a_date_that_is_none_tells_nothing(date: str):
    with CannedServer(answer(200, b"{}", f"Date: {date}")) as server:
        assert post(server.url).clock_skew is None


def test_a_slow_answer_is_no_difference_of_clocks():
    sent, received = now(), now() + timedelta(seconds=9)
    for date in (sent, sent + timedelta(seconds=4), received):
        header = {"Date": format_datetime(date, usegmt=True)}
        found = HttpResponse(status=200, headers=header, body=b"{}")

        assert parse_response(found, sent_at=sent, received_at=received).clock_skew == timedelta()
