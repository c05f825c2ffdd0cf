"""A Parameter Store on loopback for the reader's own clients."""

import json
import time
from typing import Any

from tests.support.canned_server import Behaviour, CannedServer, answer
from tests.unit.reader.scenario import NAME
from token_reader import TokenReader


def record(token: str = "abc", *, lifetime: int = 300) -> str:
    """A published record, of a token that was issued now."""
    now = int(time.time())
    fields = {
        "access_token": token,
        "token_type": "Bearer",
        "issued_at": now,
        "expires_at": now + lifetime,
    }
    return json.dumps(fields)


def parameter(token: str = "abc", *, lifetime: int = 300) -> Behaviour:
    """GetParameter's answer with the least that AWS's model requires."""
    body = {"Parameter": {"Name": NAME, "Value": record(token, lifetime=lifetime)}}
    return answer(200, json.dumps(body).encode(), "Content-Type: application/x-amz-json-1.1")


def refusal(code: str, message: str = "No.", *, status: int = 400) -> Behaviour:
    """An error of Parameter Store."""
    body = json.dumps({"__type": code, "message": message}).encode()
    return answer(status, body, "Content-Type: application/x-amz-json-1.1")


def sts_refusal(code: str, message: str = "No.", *, status: int = 403) -> Behaviour:
    """An error of STS."""
    body = (
        '<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error>'
        f"<Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>"
        "<RequestId>1</RequestId></ErrorResponse>"
    )
    return answer(status, body.encode(), "Content-Type: text/xml")


def reader_of(server: CannedServer, monkeypatch: Any, **arguments: Any) -> TokenReader:
    """A reader with a client of its own, whose AWS is this server."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
    return TokenReader(NAME, **arguments)
