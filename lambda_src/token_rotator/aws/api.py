"""How is AWS called? One signed request of its JSON protocol, and one answer.

https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, cast

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest

from token_rotator.aws.service import AwsRefused, AwsUnavailable, is_transient
from token_rotator.identity_provider.transport import HttpResponse, Transport, TransportError
from token_rotator.timing import AWS_CALL

if TYPE_CHECKING:
    from botocore.credentials import Credentials

_OK: Final = 200
_CODE: Final = re.compile(r"(?:[^#:]*#)?([A-Za-z][A-Za-z0-9.]{0,63})(?::.*)?")
"""``com.amazon.coral.service#ThrottlingException:http://...`` is a ThrottlingException."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AwsCredentials:
    """As botocore's signer reads them; its own class would import all that looks for some."""

    access_key: str
    secret_key: str = field(repr=False)
    token: str | None = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class AwsApi:
    """One service in one region, as whoever holds the credentials."""

    service: str
    """As endpoints and signatures spell it: ``ssm``."""
    target: str
    """The service's name in ``X-Amz-Target``: ``AmazonSSM``."""
    url: str
    region: str
    user_agent: str
    credentials: AwsCredentials
    transport: Transport
    now: Callable[[], datetime]

    def call(
        self,
        operation: str,
        parameters: Mapping[str, object],
        *,
        required_member: str | None = None,
    ) -> Mapping[str, Any]:
        """As AwsService promises. One attempt, of AWS_CALL at most."""
        body = json.dumps(parameters).encode()
        request = AWSRequest(
            "POST",
            self.url,
            data=body,
            headers={
                "Content-Type": "application/x-amz-json-1.1",
                "User-Agent": self.user_agent,
                "X-Amz-Target": f"{self.target}.{operation}",
            },
        )
        credentials = cast("Credentials", self.credentials)
        SigV4Auth(credentials, self.service, self.region).add_auth(request)
        try:
            answer = self.transport.send(
                "POST",
                "/",
                headers=dict(request.headers),
                body=body,
                deadline=self.now() + AWS_CALL,
            )
        except TransportError as exc:
            raise AwsUnavailable(str(exc)) from None
        members = _members(answer.body)
        if answer.status != _OK:
            code = _code(answer, members)
            raise (AwsUnavailable if is_transient(code, answer.status) else AwsRefused)(code)
        if members is None or (required_member and required_member not in members):
            raise AwsUnavailable("incomplete answer")
        return members


def _members(body: bytes) -> Mapping[str, Any] | None:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None


def _code(answer: HttpResponse, members: Mapping[str, Any] | None) -> str:
    """The error's name, or the status where there is none. Nothing else of an answer is told.

    https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html#operation-error-serialization
    """
    fields = members or {}
    said = answer.headers.get("X-Amzn-Errortype") or fields.get("__type") or fields.get("code")
    found = _CODE.fullmatch(str(said or ""))
    return found[1] if found else f"HTTP status {answer.status}"
