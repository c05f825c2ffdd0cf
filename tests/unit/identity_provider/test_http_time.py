"""However slowly a provider answers, a request has its bounds, and leaves time for another."""

import io
import time
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest
import urllib3
from urllib3 import HTTPResponse

from tests.support.canned_server import Behaviour, CannedServer, answer
from tests.support.dawdling import drip, drip_in_the_headers, hang, hang_in_the_body
from tests.support.provider_requests import accepted, now, post
from token_rotator.errors import (
    IdentityProviderDown,
)
from token_rotator.identity_provider import http, timed_response
from token_rotator.identity_provider.http import ProviderHttp
from token_rotator.identity_provider.timed_response import TimedResponse
from token_rotator.timing import HTTP_CONNECT_TIMEOUT, HTTP_READ_TIMEOUT


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


@pytest.mark.parametrize("behaviour", [drip, drip_in_the_headers, hang, hang_in_the_body])
def test_an_attempt_has_a_bound_of_its_own_that_leaves_time_for_another(
    behaviour: Behaviour, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(http, "HTTP_CONNECT_TIMEOUT", timedelta(seconds=0.4))
    monkeypatch.setattr(http, "HTTP_READ_TIMEOUT", timedelta(seconds=0.8))
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
        channel.get(
            "https://a.example", endpoint_name="x", deadline=now() + timedelta(seconds=seconds)
        )

    whole, cut = (timeout.total for timeout in given)
    assert whole == (HTTP_CONNECT_TIMEOUT + HTTP_READ_TIMEOUT).total_seconds()
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
