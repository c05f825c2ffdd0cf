"""The local identity provider: injected faults, recorded requests, and stopping."""

import socket
import threading
import time
from collections.abc import Callable
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest
from urllib3.exceptions import HTTPError, ProtocolError, ReadTimeoutError

from local.idp import faults
from local.idp.faults import Endpoint
from local.idp.identity_provider import IdentityProvider
from local.idp.service_account import ServiceAccount
from local.process.ports import LOOPBACK, PortTaken, claim
from tests.support.local_requests import TokenRequest, get


def test_the_discovery_document_names_issuer_and_token_endpoint(idp: IdentityProvider) -> None:
    answer = get(idp.discovery_endpoint)

    assert answer.content == {"issuer": idp.issuer, "token_endpoint": f"{idp.issuer}/us1/token"}


@pytest.mark.parametrize("name", ["Authorization", "authorization", "AUTHORIZATION"])
def test_header_names_compare_without_case(
    idp: IdentityProvider, account: ServiceAccount, name: str
) -> None:
    token = TokenRequest.documented(idp, account).send().content["access_token"]
    resource = urlsplit(idp.api("reports"))
    assert resource.hostname is not None
    connection = HTTPConnection(resource.hostname, resource.port)  # sends names as they are

    connection.request("GET", resource.path, headers={name: f"Bearer {token}"})

    assert connection.getresponse().status == 200
    connection.close()
    assert "authorization" in idp.requests[-1].header_names


def test_an_injected_status_lasts_for_a_number_of_requests(
    idp: IdentityProvider, account: ServiceAccount
) -> None:
    idp.fail(Endpoint.TOKEN, faults.status(429, retry_after="7"), times=2)
    idp.fail(Endpoint.TOKEN, faults.oauth_error("temporarily_unavailable", http_status=503))

    answers = [TokenRequest.documented(idp, account).send() for _ in range(4)]

    assert [answer.status for answer in answers] == [429, 429, 503, 200]
    assert answers[0].headers["Retry-After"] == "7"
    assert answers[2].content == {"error": "temporarily_unavailable"}


def test_a_fault_without_a_number_lasts_until_recovery(idp: IdentityProvider) -> None:
    idp.fail(Endpoint.DISCOVERY, faults.status(500), times=None)
    during = [get(idp.discovery_endpoint).status for _ in range(3)]
    idp.recover()

    assert [*during, get(idp.discovery_endpoint).status] == [500, 500, 500, 200]


def test_a_fault_affects_one_endpoint_only(idp: IdentityProvider, account: ServiceAccount) -> None:
    idp.fail(Endpoint.DISCOVERY, faults.RESET, times=None)

    assert TokenRequest.documented(idp, account).send().status == 200


@pytest.mark.parametrize(
    ("fault", "content"),
    [
        (faults.EMPTY, b""),
        (faults.HTML, b"<!doctype html><title>Maintenance</title>"),
        (faults.GARBAGE, bytes(range(256))),
        (faults.answers_json([1]), [1]),
    ],
)
def test_other_bodies_arrive_as_they_are(
    idp: IdentityProvider, fault: faults.Fault, content: object
) -> None:
    idp.fail(Endpoint.DISCOVERY, fault)

    assert get(idp.discovery_endpoint).content == content


def test_a_huge_body_is_ten_megabytes(idp: IdentityProvider) -> None:
    idp.fail(Endpoint.DISCOVERY, faults.HUGE)

    assert len(get(idp.discovery_endpoint).content["access_token"]) == 10_000_000


def test_a_redirect_has_a_location(idp: IdentityProvider) -> None:
    idp.fail(Endpoint.DISCOVERY, faults.redirect("http://elsewhere.example/"))

    answer = get(idp.discovery_endpoint)

    assert (answer.status, answer.headers["Location"]) == (307, "http://elsewhere.example/")


def test_a_delayed_answer_is_a_normal_answer(idp: IdentityProvider) -> None:
    idp.fail(Endpoint.DISCOVERY, faults.delay(0.2))
    start = time.monotonic()

    answer = get(idp.discovery_endpoint)

    assert answer.status == 200
    assert time.monotonic() - start >= 0.2


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (faults.RESET, ProtocolError),
        (faults.HANG, ReadTimeoutError),
        (faults.TRUNCATED, ProtocolError),
        (faults.STALLED, ReadTimeoutError),
    ],
)
def test_a_request_whose_answer_is_lost_has_taken_effect(
    idp: IdentityProvider,
    account: ServiceAccount,
    fault: faults.Fault,
    error: type[HTTPError],
) -> None:
    idp.fail(Endpoint.TOKEN, fault)
    request = TokenRequest.documented(idp, account)

    with pytest.raises(error):
        request.send(timeout_seconds=1)
    until(lambda: len(idp.token_requests) == 1)

    assert request.send().content["error_description"] == "this jti was used before"


def test_it_records_claims_but_neither_assertions_nor_tokens(
    idp: IdentityProvider, account: ServiceAccount
) -> None:
    request = TokenRequest.documented(idp, account)
    assertion = request.assertion()
    request.parameters["client_assertion"] = assertion
    token = request.send().content["access_token"]
    get(idp.api("reports"), Authorization=f"Bearer {token}")

    seen = idp.token_requests[0]

    assert (seen.method, seen.path, seen.status) == ("POST", "/us1/token", 200)
    assert seen.assertion_header["alg"] == "RS256"
    assert seen.claims == request.claims
    assert seen.key == account.key_fingerprint
    assert assertion not in repr(idp.requests)
    assert assertion.split(".")[2] not in repr(idp.requests)
    assert token not in repr(idp.requests)


def test_an_unknown_path_is_not_found(idp: IdentityProvider) -> None:
    assert get(f"{idp.issuer}/eu1/token").status == 404


def test_it_listens_on_loopback_only(idp: IdentityProvider) -> None:
    port = int(idp.issuer.rpartition(":")[2])

    with pytest.raises(ConnectionRefusedError), socket.create_connection(("127.0.0.2", port)):
        pass


def test_it_stops_while_one_request_hangs_and_one_connection_is_idle() -> None:
    idp = IdentityProvider()
    idp.fail(Endpoint.DISCOVERY, faults.HANG)
    port = int(idp.issuer.rpartition(":")[2])
    with socket.create_connection((LOOPBACK, port)):
        hanging = threading.Thread(target=get_until_it_breaks, args=(idp.discovery_endpoint,))
        hanging.start()
        until(lambda: len(idp.requests) == 1)

        start = time.monotonic()
        idp.stop()
        took = time.monotonic() - start
        hanging.join(timeout=60)

    assert took < 10
    assert not hanging.is_alive()
    assert claim(port) == port


def test_the_error_for_a_port_in_use_names_the_port(idp: IdentityProvider) -> None:
    port = int(idp.issuer.rpartition(":")[2])

    with pytest.raises(PortTaken, match=f"port {port} on 127.0.0.1 is taken"):
        IdentityProvider(port=port)


def get_until_it_breaks(url: str) -> None:
    with pytest.raises(HTTPError):
        get(url)


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if condition():
            return
        time.sleep(0.01)
    pytest.fail("it did not happen within a minute")
