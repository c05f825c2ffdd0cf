"""One request by botocore's client, one answer, no text of it in an error, and no long wait."""

import json
import time
from datetime import timedelta
from typing import Any

import pytest

from tests.support.canned_server import Behaviour, CannedServer, Connection, answer
from tests.unit.aws.conftest import Connect
from token_rotator import timing
from token_rotator.aws import clients
from token_rotator.aws.service import AwsRefused, AwsUnavailable
from token_rotator.contract import VERSION
from token_rotator.errors import ConfigurationError


def put(connect: Connect, url: str) -> Any:
    return connect(AWS_ENDPOINT_URL=url).parameter_store.call(
        "PutParameter", {"Name": "/ä", "Value": "v", "Overwrite": True}, required_member="Version"
    )


def request_in(data: bytes) -> tuple[str, dict[str, str], bytes]:
    """The first line, the headers by lower-case name, the body."""
    head, _, body = data.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    named = (line.partition(": ") for line in lines)
    return first, {name.lower(): value for name, _, value in named}, body


def test_a_request_is_signed_with_lambdas_credentials_and_names_the_program(connect: Connect):
    with CannedServer(answer(body=b'{"Version": 3, "Tier": "Advanced"}')) as server:
        assert put(connect, server.url)["Version"] == 3

    first, headers, body = request_in(server.requests[0])
    assert first == "POST / HTTP/1.1"
    assert headers["x-amz-target"] == "AmazonSSM.PutParameter"
    assert "Credential=AKIDEXAMPLE/" in headers["authorization"]
    assert "/eu-west-1/ssm/aws4_request" in headers["authorization"]
    assert headers["x-amz-security-token"] == "sentinel-session-token-0123456789"
    assert f"token-rotator/{VERSION}" in headers["user-agent"]
    assert "exec-env/AWS_Lambda_python3.13" in headers["user-agent"]
    assert json.loads(body) == {"Name": "/ä", "Value": "v", "Overwrite": True}


REFUSALS: dict[str, tuple[int, bytes, str]] = {
    "by name": (400, b'{"__type": "ParameterNotFound"}', "ParameterNotFound"),
    "with a message": (400, b'{"__type": "InvalidKeyId", "message": "sentinel"}', "InvalidKeyId"),
    "in a namespace": (400, b'{"__type": "com.amazon#InvalidKeyId"}', "InvalidKeyId"),
    "with a link": (400, b'{"__type": "InvalidKeyId:http://x/#y"}', "InvalidKeyId"),
    "a name that is none": (400, b'{"__type": "Value \'sentinel\' is bad"}', "HTTP status 400"),
    "no name": (400, b'{"message": "sentinel"}', "HTTP status 400"),
    "in HTML": (413, b"<html>sentinel</html>", "HTTP status 413"),
    "a redirect": (301, b"", "HTTP status 301"),
}


@pytest.mark.parametrize(("status", "body", "code"), REFUSALS.values(), ids=REFUSALS)
def test_a_no_is_known_by_its_code_and_nothing_else_of_it_is_told(
    connect: Connect, status: int, body: bytes, code: str
):
    location = "Location: http://127.0.0.1:9/sentinel"
    with CannedServer(answer(status, body, location)) as server, pytest.raises(AwsRefused) as no:
        put(connect, server.url)

    assert no.value.code == code
    assert "sentinel" not in f"{no.value!r}{no.value}{vars(no.value)}"
    assert server.connections == 1


def _cut_off(connection: Connection) -> None:
    connection.send(b'HTTP/1.1 200 OK\r\nContent-Length: 400\r\n\r\n{"Version": 3}')


def _drips(connection: Connection) -> None:
    connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: 400\r\n\r\n")
    for _ in range(400):
        connection.send(b" ")
        connection.pause(0.05)


UNAVAILABLE: dict[str, tuple[Behaviour, str]] = {
    "throttled": (answer(400, b'{"__type": "ThrottlingException"}'), "ThrottlingException"),
    "broken": (answer(500, b'{"__type": "InternalServerError"}'), "InternalServerError"),
    "an unknown name with 503": (answer(503, b'{"__type": "Whatever"}'), "Whatever"),
    "too many requests": (answer(429, b""), "HTTP status 429"),
    "a gateway": (answer(502, b"<html>sentinel</html>"), "HTTP status 502"),
    "an error that is no object": (answer(400, b'["sentinel"]'), "unreadable response"),
    "an error in no encoding": (answer(400, b"\xff\xfe"), "unreadable response"),
    "reset": (Connection.reset, "ConnectionResetError"),
    "closed": (lambda _: None, "RemoteDisconnected"),
    "not HTTP": (lambda connection: connection.send(b"SSH-2.0\r\n"), "BadStatusLine"),
    "cut off": (_cut_off, "IncompleteRead"),
    "JSON that was cut off": (answer(200, b'{"Version": 3, "Tier": "sent'), "incomplete response"),
    "no object": (answer(200, b"[]"), "unreadable response"),
    "too deep": (answer(200, b"[" * 100_000), "unreadable response"),
    "not what was required": (answer(200, b'{"Tier": "Advanced"}'), "incomplete response"),
    "too long": (answer(200, b" " * (1024 * 1024 + 1)), "1024 KiB"),
}


@pytest.mark.parametrize(("behaviour", "told"), UNAVAILABLE.values(), ids=UNAVAILABLE)
def test_what_may_work_a_moment_later_is_told_apart_and_tried_once(
    connect: Connect, behaviour: Behaviour, told: str
):
    with CannedServer(behaviour) as server, pytest.raises(AwsUnavailable, match=told) as caught:
        put(connect, server.url)

    assert server.connections == 1
    assert caught.value.__cause__ is None
    assert "sentinel" not in f"{caught.value!r}{vars(caught.value)}"


def test_nobody_there_is_unavailable(connect: Connect):
    with CannedServer() as server:
        url = server.url

    with pytest.raises(AwsUnavailable, match="ConnectionRefusedError"):
        put(connect, url)


def test_a_request_that_botocore_refuses_to_make_is_not_repeated_and_not_quoted(connect: Connect):
    with pytest.raises(ConfigurationError, match="ParamValidationError") as caught:
        connect().parameter_store.call("GetParameter", {"Name": ["sentinel"]})

    assert "sentinel" not in str(caught.value)


def test_the_parts_of_a_call_fit_into_the_whole():
    assert timing.AWS_CONNECT_TIMEOUT + timing.AWS_READ_TIMEOUT == timing.AWS_CALL_TIMEOUT


@pytest.mark.parametrize("behaviour", [_drips, lambda connection: connection.pause(9)])
def test_no_call_takes_longer_than_planned(
    connect: Connect, behaviour: Behaviour, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(clients, "AWS_CALL_TIMEOUT", timedelta(seconds=0.5))
    with CannedServer(behaviour) as server:
        aws = connect(AWS_ENDPOINT_URL=server.url)
        begun = time.monotonic()

        with pytest.raises(AwsUnavailable):
            aws.parameter_store.call("GetParameter", {"Name": "/a"})

        assert time.monotonic() - begun < 3


def test_the_longest_secret_fits_however_it_is_escaped(connect: Connect):
    longest = json.dumps({"SecretString": "\x01" * 65_536, "VersionId": "v1"}).encode()
    assert len(longest) < clients.MAX_BODY_BYTES
    with CannedServer(answer(200, longest)) as server:
        found = connect(AWS_ENDPOINT_URL=server.url).secrets_manager.call(
            "GetSecretValue", {"SecretId": "s"}
        )

    assert len(found["SecretString"]) == 65_536


def test_times_are_aware(connect: Connect):
    body = b'{"Parameter": {"LastModifiedDate": 1795435200.5}}'
    with CannedServer(answer(200, body)) as server:
        found = connect(AWS_ENDPOINT_URL=server.url).parameter_store.call(
            "GetParameter", {"Name": "/a"}
        )

    assert found["Parameter"]["LastModifiedDate"].timestamp() == 1795435200.5


def test_connections_are_kept(connect: Connect):
    def twice(connection: Connection) -> None:
        for _ in range(2):
            connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
            connection.pause(0.2)

    with CannedServer(twice) as server:
        service = connect(AWS_ENDPOINT_URL=server.url).parameter_store

        service.call("GetParameter", {"Name": "/a"})
        service.call("GetParameter", {"Name": "/a"})

    assert server.connections == 1
