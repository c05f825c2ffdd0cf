"""The identity provider may do anything on the wire; we lose no time and no secret to it."""

import contextlib
from datetime import timedelta

import pytest

from tests.support.canned_server import Behaviour, CannedServer, Connection, answer
from tests.support.dawdling import drip, hang, hang_in_the_body, truncated
from tests.support.provider_requests import SENTINEL, accepted, get, now, post
from token_rotator.contract import RequestStyle
from token_rotator.errors import (
    IdentityProviderDown,
    IdentityProviderError,
    IdentityProviderUntrusted,
)
from token_rotator.identity_provider import http
from token_rotator.identity_provider.addresses import AddressPolicy
from token_rotator.identity_provider.http import MAX_BODY_BYTES, ProviderHttp
from token_rotator.identity_provider.response import Body


def test_query_style_sends_the_parameters_in_the_url_and_an_empty_body():
    with CannedServer(answer()) as server:
        post(f"{server.url}/us1/token")

    head, _, body = server.requests[0].partition(b"\r\n\r\n")
    assert head.startswith(f"POST /us1/token?client_assertion={SENTINEL} HTTP/1.1".encode())
    assert body == b""


def test_query_style_keeps_the_query_that_the_endpoint_already_has():
    with CannedServer(answer()) as server:
        post(f"{server.url}/token?tenant=a")

    assert server.requests[0].startswith(
        f"POST /token?tenant=a&client_assertion={SENTINEL} HTTP/1.1".encode()
    )


def test_form_style_sends_the_parameters_in_the_body_only():
    with CannedServer(answer()) as server:
        post(f"{server.url}/token", style=RequestStyle.FORM)

    head, _, body = server.requests[0].partition(b"\r\n\r\n")
    assert SENTINEL.encode() not in head
    assert b"application/x-www-form-urlencoded" in head
    assert body == f"client_assertion={SENTINEL}".encode()


def test_an_answer_tells_json_objects_from_other_json_and_from_other_text():
    with CannedServer(
        answer(200, b'{"a": 1}'), answer(200, b"[1]"), answer(200, b"<html>"), answer(200, b"")
    ) as server:
        received = [post(server.url) for _ in range(4)]

    assert [(one.fields, one.body) for one in received] == [
        ({"a": 1}, Body.JSON),
        (None, Body.JSON),
        (None, Body.NOT_JSON),
        (None, Body.EMPTY),
    ]


def test_deeply_nested_json_counts_as_no_json():
    with CannedServer(answer(200, b"[" * 60_000)) as server:
        received = post(server.url)

    assert received.body is Body.NOT_JSON


def test_a_redirect_is_not_followed():
    with (
        CannedServer(answer()) as elsewhere,
        CannedServer(answer(307, b"", f"Location: {elsewhere.url}/")) as server,
        pytest.raises(IdentityProviderUntrusted, match="redirect"),
    ):
        accepted(server.url)

    assert elsewhere.requests == []


def test_a_body_of_ten_megabytes_is_cut_off_early():
    sent = 0

    def pour(connection: Connection) -> None:
        nonlocal sent
        connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: 10000000\r\n\r\n")
        while sent < 10_000_000:
            connection.send(b"x" * 10_000)
            sent += 10_000

    with CannedServer(pour) as server:
        assert post(server.url).body is Body.TOO_LARGE

    assert sent < 10_000_000, f"all was read although {MAX_BODY_BYTES} are enough"


def test_nothing_is_repeated_that_broke_off():
    with CannedServer(Connection.reset, answer()) as server, pytest.raises(IdentityProviderDown):
        get(server.url)

    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("behaviour", "cause"),
    [
        (Connection.reset, "ConnectionResetError"),
        (lambda connection: None, "RemoteDisconnected"),
        (truncated, "an incomplete or too slow body"),
        (lambda connection: connection.send(b"no HTTP at all\r\n\r\n"), "BadStatusLine"),
    ],
)
def test_a_broken_conversation_is_transient_and_names_its_cause(behaviour: Behaviour, cause: str):
    with CannedServer(behaviour) as server, pytest.raises(IdentityProviderDown, match=cause):
        accepted(server.url)


def test_a_refused_connection_is_transient():
    with CannedServer(answer()) as server:
        url = server.url

    with pytest.raises(IdentityProviderDown, match="Connection refused"):
        post(url)


@pytest.mark.parametrize(
    ("header", "wanted"),
    [
        ("7", timedelta(seconds=7)),
        ("0", timedelta()),
        ("Wed, 21 Oct 2015 07:28:00 GMT", timedelta()),
        ("soon", None),
        ("-3", None),
        ("9" * 40, None),
    ],
)
def test_retry_after_is_read_as_seconds_or_as_a_date(header: str, wanted: timedelta | None):
    with CannedServer(answer(429, b"{}", f"Retry-After: {header}")) as server:
        received = post(server.url)

    assert received.retry_after == wanted


def test_retry_after_as_a_date_in_the_future_is_the_time_until_then():
    in_a_minute = now() + timedelta(seconds=60)
    with CannedServer(
        answer(503, b"{}", f"Retry-After: {in_a_minute:%a, %d %b %Y %H:%M:%S} GMT")
    ) as server:
        received = post(server.url)

    assert received.retry_after is not None
    assert timedelta(seconds=50) < received.retry_after <= timedelta(seconds=60)


def chain(exc: BaseException | None) -> list[BaseException]:
    found: list[BaseException] = []
    while exc is not None:
        found.append(exc)
        exc = exc.__cause__ or (None if exc.__suppress_context__ else exc.__context__)
    return found


@pytest.mark.parametrize("behaviour", [Connection.reset, truncated, hang, answer(307), drip])
def test_no_error_carries_the_assertion(behaviour: Behaviour):
    with CannedServer(behaviour) as server, pytest.raises(IdentityProviderError) as caught:
        accepted(server.url, seconds=1.2)

    for exc in chain(caught.value):
        assert SENTINEL not in f"{exc} {exc!r} {vars(exc)}"


def test_connections_are_used_again():
    def twice(connection: Connection) -> None:
        reply = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
        connection.send(reply)
        connection.pause(0.2)
        connection.send(reply)
        connection.pause(0.2)

    with CannedServer(twice) as server, AddressPolicy(loopback=True).pool() as pool:
        channel = ProviderHttp(pool=pool, now=now)
        for _ in range(2):
            channel.get(server.url, endpoint_name="x", deadline=now() + timedelta(seconds=5))

    assert len(server.requests) == 1, "the second request came on a new connection"


@pytest.mark.parametrize("behaviour", [truncated, hang_in_the_body, drip])
def test_a_503_keeps_its_retry_after_however_its_body_ends(
    behaviour: Behaviour, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(http, "HTTP_READ_TIMEOUT", timedelta(seconds=0.5))

    def unavailable(connection: Connection) -> None:
        connection.send(b"HTTP/1.1 503 -\r\nRetry-After: 4\r\nContent-Length: 1000\r\n\r\n")
        with contextlib.suppress(OSError):
            behaviour(connection)

    with CannedServer(unavailable) as server, pytest.raises(IdentityProviderDown) as caught:
        accepted(server.url)

    assert caught.value.retry_after == timedelta(seconds=4)
