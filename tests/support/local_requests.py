"""A client of the local identity provider that can make one mistake at a time."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Self
from urllib.parse import urlencode
from uuid import uuid4

import jwt
import urllib3

from local.idp.identity_provider import IdentityProvider
from local.idp.service_account import ServiceAccount
from local.idp.verification import ASSERTION_TYPE


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """A response of the local identity provider."""

    status: int
    headers: Mapping[str, str]
    content: Any


@dataclass(slots=True, kw_only=True)
class TokenRequest:
    """The documented token request. Tests change fields, or leave them out with None."""

    url: str
    signing_key: str = field(repr=False)
    claims: dict[str, Any]
    client_id: str
    algorithm: str = "RS256"
    method: str = "POST"
    parameters: dict[str, str | None] = field(default_factory=dict)
    style: str = "query"
    also_in_query: str = ""
    also_in_body: str = ""

    @classmethod
    def documented(
        cls, idp: IdentityProvider, account: ServiceAccount, *, at: datetime | None = None
    ) -> Self:
        """The request that Salesforce's documentation describes."""
        claims = {
            "iss": account.client_id,
            "sub": account.client_id,
            "aud": idp.issuer,
            "iat": int((at or datetime.now(UTC)).timestamp()),
            "jti": uuid4().hex,
        }
        return cls(
            url=idp.token_endpoint,
            signing_key=account.private_key_pem,
            claims=claims,
            client_id=account.client_id,
        )

    def changed(self, **claims: object) -> Self:
        """Changes claims of the assertion. None leaves a claim out."""
        merged = {**self.claims, **claims}
        self.claims = {name: value for name, value in merged.items() if value is not None}
        return self

    def assertion(self) -> str:
        """The signed JWT."""
        return jwt.encode(self.claims, self.signing_key, algorithm=self.algorithm)

    def send(self, *, timeout_seconds: float = 30) -> Response:
        """Sends the request over HTTP."""
        parameters = {
            "grant_type": "client_credentials",
            "client_id": self.client_id,
            "client_assertion": self.assertion(),
            "client_assertion_type": ASSERTION_TYPE,
            **self.parameters,
        }
        fields = {name: value for name, value in parameters.items() if value is not None}
        encoded = urlencode(fields)
        with urllib3.PoolManager(retries=False, timeout=timeout_seconds) as http:
            if self.style == "form":
                headers = {"Content-Type": "application/x-www-form-urlencoded"}
                answer = http.request(self.method, self.url, body=encoded, headers=headers)
            else:
                url = f"{self.url}?{encoded}{self.also_in_query}"
                answer = http.request(self.method, url, body=self.also_in_body or None)
            return read(answer)


def get(url: str, *, timeout_seconds: float = 30, **headers: str) -> Response:
    """Sends one GET request."""
    with urllib3.PoolManager(retries=False, timeout=timeout_seconds) as http:
        return read(http.request("GET", url, headers=headers, redirect=False))


def read(answer: urllib3.BaseHTTPResponse) -> Response:
    """Parses the body as JSON, or keeps its bytes if it is not JSON."""
    try:
        content = json.loads(answer.data)
    except ValueError:
        content = answer.data
    return Response(status=answer.status, headers=dict(answer.headers), content=content)
