"""One signed request of AWS's JSON protocol, one answer, and no longer than planned."""

import hashlib
import hmac
import json
import re
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.support.aws_service import LAMBDAS_OWN
from tests.support.canned_server import Behaviour, CannedServer, Connection, answer
from token_rotator.aws import access
from token_rotator.aws.access import AwsAccess, Service
from token_rotator.aws.service import AwsRefused, AwsService, AwsUnavailable


def now() -> datetime:
    return datetime.now(UTC)


def parameter_store(url: str, **environment: str) -> AwsService:
    given = LAMBDAS_OWN | {"AWS_ENDPOINT_URL": url} | environment
    access = AwsAccess.from_environment(given, url_suffix="amazonaws.com")
    return access.api(Service.PARAMETER_STORE, now=now)


def call(url: str, *, required_member: str | None = None) -> Any:
    parameters = {"Name": "/ä", "Overwrite": True}
    return parameter_store(url).call("PutParameter", parameters, required_member=required_member)


def request_in(data: bytes) -> tuple[str, dict[str, str], bytes]:
    """The first line, the headers by lower-case name, the body."""
    head, _, body = data.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    named = (line.partition(": ") for line in lines)
    return first, {name.lower(): value for name, _, value in named}, body


def test_a_call_is_a_post_of_json_that_names_its_operation():
    with CannedServer(answer(body=b'{"Version": 3}')) as server:
        assert call(server.url) == {"Version": 3}

    first, headers, body = request_in(server.requests[0])
    assert first == "POST / HTTP/1.1"
    assert headers["x-amz-target"] == "AmazonSSM.PutParameter"
    assert headers["content-type"] == "application/x-amz-json-1.1"
    assert headers["user-agent"].startswith("token-rotator ")
    assert headers["user-agent"].endswith(" exec-env/AWS_Lambda_python3.13")
    assert json.loads(body) == {"Name": "/ä", "Overwrite": True}


def test_what_arrives_bears_the_signature_that_aws_would_compute():
    with CannedServer(answer()) as server:
        call(server.url)

    _, headers, body = request_in(server.requests[0])
    found = re.fullmatch(
        r"AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/(\d{8}/eu-west-1/ssm/aws4_request), "
        r"SignedHeaders=([a-z0-9;-]+), Signature=([0-9a-f]{64})",
        headers["authorization"],
    )
    assert found
    scope, names, signature = found.groups()
    assert {"host", "x-amz-date", "x-amz-security-token", "x-amz-target"} <= set(names.split(";"))
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
    lines = "".join(f"{name}:{headers[name]}\n" for name in names.split(";"))
    canonical = f"POST\n/\n\n{lines}\n{names}\n{hashlib.sha256(body).hexdigest()}"
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    key = f"AWS4{LAMBDAS_OWN['AWS_SECRET_ACCESS_KEY']}".encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    to_sign = f"AWS4-HMAC-SHA256\n{headers['x-amz-date']}\n{scope}\n{digest}"
    assert signature == hmac.digest(key, to_sign.encode(), "sha256").hex()


REFUSALS: dict[str, tuple[int, bytes, str]] = {
    "by name": (400, b'{"__type": "ParameterNotFound"}', "ParameterNotFound"),
    "with a message": (400, b'{"__type": "InvalidKeyId", "message": "sentinel"}', "InvalidKeyId"),
    "in a namespace": (400, b'{"__type": "com.amazon#InvalidKeyId"}', "InvalidKeyId"),
    "with a link": (400, b'{"code": "a.b#InvalidKeyId:http://x/#y"}', "InvalidKeyId"),
    "a name that is none": (400, b'{"__type": "Value \'sentinel\' is bad"}', "HTTP status 400"),
    "a name that is no text": (400, b'{"__type": ["sentinel"]}', "HTTP status 400"),
    "in HTML": (413, b"<html>sentinel</html>", "HTTP status 413"),
    "a redirect": (301, b"", "HTTP status 301"),
}


@pytest.mark.parametrize(("status", "body", "code"), REFUSALS.values(), ids=REFUSALS)
def test_a_no_is_known_by_its_code_and_nothing_else_of_it_is_told(
    status: int, body: bytes, code: str
):
    location = "Location: http://127.0.0.1:9/sentinel"
    with CannedServer(answer(status, body, location)) as server, pytest.raises(AwsRefused) as no:
        call(server.url)

    assert no.value.code == code
    assert "sentinel" not in f"{no.value!r}{no.value}{vars(no.value)}"
    assert server.connections == 1


def test_a_header_tells_the_code_before_the_body():
    name = "X-Amzn-ErrorType: TooManyUpdates:http://internal.amazon.com/"
    with CannedServer(answer(400, b"{}", name)) as server, pytest.raises(AwsRefused) as no:
        call(server.url)

    assert no.value.code == "TooManyUpdates"


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
    "a gateway": (answer(502, b"<html></html>"), "HTTP status 502"),
    "reset": (Connection.reset, "ConnectionResetError"),
    "closed": (lambda _: None, "RemoteDisconnected"),
    "not HTTP": (lambda connection: connection.send(b"SSH-2.0\r\n"), "BadStatusLine"),
    "cut off": (_cut_off, "IncompleteRead"),
    "no JSON": (answer(200, b'{"Version": '), "incomplete answer"),
    "no object": (answer(200, b"[]"), "incomplete answer"),
    "not what was required_member": (answer(200, b'{"Tier": "Advanced"}'), "incomplete answer"),
    "too long": (answer(200, b" " * (1024 * 1024 + 1)), "1024 KiB"),
}


@pytest.mark.parametrize(("behaviour", "told"), UNAVAILABLE.values(), ids=UNAVAILABLE)
def test_what_may_work_a_moment_later_is_told_apart_and_tried_once(behaviour: Behaviour, told: str):
    with CannedServer(behaviour) as server, pytest.raises(AwsUnavailable, match=told) as caught:
        call(server.url, required_member="Version")

    assert server.connections == 1
    assert caught.value.__cause__ is None


def test_nobody_there_is_unavailable():
    with CannedServer() as server:
        url = server.url

    with pytest.raises(AwsUnavailable, match="ConnectionRefusedError"):
        call(url)


@pytest.mark.parametrize("behaviour", [_drips, lambda connection: connection.pause(9)])
def test_no_call_takes_longer_than_planned(behaviour: Behaviour, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("token_rotator.aws.api.AWS_CALL", timedelta(seconds=0.5))
    with CannedServer(behaviour) as server:
        begun = time.monotonic()

        with pytest.raises(AwsUnavailable):
            call(server.url)

        assert time.monotonic() - begun < 3


def test_the_longest_secret_fits_however_it_is_escaped():
    longest = json.dumps({"SecretString": "\x01" * 65_536, "VersionId": "v1"}).encode()
    assert len(longest) < access.LONGEST_BODY_BYTES
    with CannedServer(answer(200, longest)) as server:
        assert len(call(server.url)["SecretString"]) == 65_536


def test_connections_are_kept():
    def twice(connection: Connection) -> None:
        for _ in range(2):
            connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
            connection.pause(0.2)

    with CannedServer(twice) as server:
        service = parameter_store(server.url)

        service.call("GetParameter", {})
        service.call("GetParameter", {})

    assert server.connections == 1
