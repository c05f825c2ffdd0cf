"""The identity provider may do anything on the wire; we lose no time and no secret to it."""

import contextlib
import io
import ssl
import time
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
import urllib3
from urllib3 import HTTPResponse

from fakes.certificates import unknown_to_the_system
from tests.support.canned_server import Behaviour, CannedServer, Connection, answer
from tests.support.provider_requests import SENTINEL, accepted, get, now, post
from token_rotator import transport
from token_rotator.contract import RequestStyle
from token_rotator.errors import (
    IdentityProviderDown,
    IdentityProviderError,
    IdentityProviderUntrusted,
)
from token_rotator.identity_provider import addresses, http, timed_response
from token_rotator.identity_provider.addresses import Addresses
from token_rotator.identity_provider.http import LONGEST_BODY_BYTES, ProviderHttp
from token_rotator.identity_provider.response import Body
from token_rotator.identity_provider.timed_response import TimedResponse
from token_rotator.timing import HTTP_CONNECT, HTTP_READ


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

    assert sent < 10_000_000, f"all was read although {LONGEST_BODY_BYTES} are enough"


def test_nothing_is_repeated_that_broke_off():
    with CannedServer(Connection.reset, answer()) as server, pytest.raises(IdentityProviderDown):
        get(server.url)

    assert len(server.requests) == 1


def drip(connection: Connection) -> None:
    connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    for _ in range(100):
        connection.send(b"x")
        connection.pause(0.1)


def drip_in_the_headers(connection: Connection) -> None:
    connection.send(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    for _ in range(100):
        connection.send(b"x")
        connection.pause(0.1)


def hang(connection: Connection) -> None:
    connection.pause(30)


def hang_in_the_body(connection: Connection) -> None:
    connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{")
    connection.pause(30)


@pytest.mark.parametrize("behaviour", [hang, hang_in_the_body, drip, drip_in_the_headers])
def test_a_provider_that_dawdles_costs_no_more_than_the_deadline(behaviour: Behaviour):
    begun = time.monotonic()
    with CannedServer(behaviour) as server, pytest.raises(IdentityProviderDown):
        accepted(server.url, seconds=1.2)

    assert time.monotonic() - begun < 8, "a drip of ten seconds was waited for"


def test_with_no_time_left_nothing_is_sent():
    with CannedServer(answer()) as server, pytest.raises(IdentityProviderDown, match="No time"):
        post(server.url, seconds=0.5)

    assert server.requests == []


def truncated(connection: Connection) -> None:
    connection.send(b'HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{"access')


@pytest.mark.parametrize(
    ("behaviour", "cause"),
    [
        (Connection.reset, "ConnectionResetError"),
        (lambda connection: None, "RemoteDisconnected"),
        (truncated, "broke off"),
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


def test_a_self_signed_certificate_is_not_trusted(tmp_path: Path):
    context, _ = unknown_to_the_system(tmp_path)
    with (
        CannedServer(answer(), tls=context) as server,
        pytest.raises(IdentityProviderUntrusted, match="certificate"),
    ):
        post(server.url)

    assert server.requests == []


def test_a_host_that_speaks_no_tls_is_transient():
    with (
        CannedServer(answer(), listens=False) as server,
        pytest.raises(IdentityProviderDown, match="SSLError"),
    ):
        post(server.url.replace("http:", "https:"))


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

    with CannedServer(twice) as server, Addresses(loopback=True).pool() as pool:
        channel = ProviderHttp(pool=pool, now=now)
        for _ in range(2):
            channel.get(server.url, what="x", deadline=now() + timedelta(seconds=5))

    assert len(server.requests) == 1, "the second request came on a new connection"


@pytest.mark.parametrize("behaviour", [drip, drip_in_the_headers, hang, hang_in_the_body])
def test_an_attempt_has_a_bound_of_its_own_that_leaves_time_for_another(
    behaviour: Behaviour, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(http, "HTTP_CONNECT", timedelta(seconds=0.4))
    monkeypatch.setattr(http, "HTTP_READ", timedelta(seconds=0.8))
    begun = time.monotonic()

    with CannedServer(behaviour) as server, pytest.raises(IdentityProviderDown):
        accepted(server.url, seconds=30)

    assert time.monotonic() - begun < 8, "until its own end, the drip takes ten seconds"


def test_connecting_and_the_answer_together_have_no_more_than_an_attempts_time():
    given: list[urllib3.Timeout] = []

    class Pool:
        def urlopen(self, *_: object, timeout: urllib3.Timeout, **__: object) -> HTTPResponse:
            given.append(timeout)
            return HTTPResponse(status=204, preload_content=False)

    channel = ProviderHttp(pool=cast("Any", Pool()), now=now)
    for seconds in (36, 5):
        channel.get("https://a.example", what="x", deadline=now() + timedelta(seconds=seconds))

    whole, cut = (timeout.total for timeout in given)
    assert whole == (HTTP_CONNECT + HTTP_READ).total_seconds()
    assert cut == pytest.approx(5, abs=1)


class DrippingSocket:
    """A byte arrives every three seconds."""

    def __init__(self, clock: SimpleNamespace) -> None:
        self._clock = clock
        self.timeouts: list[float] = []

    def gettimeout(self) -> float:
        return 10.0

    def settimeout(self, seconds: float) -> None:
        self.timeouts.append(seconds)

    def makefile(self, _: str) -> io.BufferedReader:
        clock = self._clock

        class Drip(io.RawIOBase):
            def readable(self) -> bool:
                return True

            def readinto(self, buffer: Any) -> int:
                clock.seconds += 3
                buffer[0] = ord("x")
                return 1

        return io.BufferedReader(Drip())


def test_each_wait_for_a_dripping_answer_has_what_the_others_left(
    monkeypatch: pytest.MonkeyPatch,
):
    clock = SimpleNamespace(seconds=0.0)
    clock.monotonic = lambda: clock.seconds
    monkeypatch.setattr(timed_response, "time", clock)
    sock = DrippingSocket(clock)
    response = TimedResponse(cast("Any", sock))

    with pytest.raises(TimeoutError):
        response.fp.readline()

    assert sock.timeouts == [10.0, 7.0, 4.0, 1.0]


@pytest.mark.parametrize("behaviour", [truncated, hang_in_the_body, drip])
def test_a_503_keeps_its_retry_after_however_its_body_ends(
    behaviour: Behaviour, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(http, "HTTP_READ", timedelta(seconds=0.5))

    def unavailable(connection: Connection) -> None:
        connection.send(b"HTTP/1.1 503 -\r\nRetry-After: 4\r\nContent-Length: 1000\r\n\r\n")
        with contextlib.suppress(OSError):
            behaviour(connection)

    with CannedServer(unavailable) as server, pytest.raises(IdentityProviderDown) as caught:
        accepted(server.url)

    assert caught.value.retry_after == timedelta(seconds=4)


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_a_server_that_wants_a_client_certificate_is_recognised(
    version: ssl.TLSVersion, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    context, certificate = unknown_to_the_system(tmp_path)
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(certificate)
    context.minimum_version = context.maximum_version = version
    monkeypatch.setattr(addresses, "trusting", lambda _: transport.trusting(str(certificate)))

    with (
        CannedServer(answer(), tls=context) as server,
        pytest.raises(IdentityProviderDown, match="may demand a client certificate"),
    ):
        accepted(server.url)

    assert server.requests == []


def closes_after_the_hello(connection: Connection) -> None:
    connection.receive()


def test_a_connection_that_ends_within_the_handshake_may_want_a_client_certificate():
    with (
        CannedServer(closes_after_the_hello, listens=False) as server,
        pytest.raises(IdentityProviderDown, match="may demand a client certificate"),
    ):
        post(server.url.replace("http:", "https:"))
