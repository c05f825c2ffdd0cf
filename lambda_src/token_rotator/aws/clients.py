"""botocore clients of the two AWS services that the function calls."""

import os
import re
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import SimpleNamespace
from typing import Any, Final
from urllib.parse import urlsplit

import urllib3
from botocore import xform_name
from botocore.awsrequest import AWSResponse
from botocore.config import Config
from botocore.credentials import CredentialResolver, EnvProvider
from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as NoConnection
from botocore.parsers import ResponseParserError
from botocore.session import Session

from token_rotator import transport, urls
from token_rotator.aws.service import AwsError, AwsRefused, AwsService, AwsUnavailable, is_transient
from token_rotator.contract import AWS_SERVICES, VERSION
from token_rotator.errors import ConfigurationError
from token_rotator.timing import AWS_CALL_TIMEOUT, AWS_CONNECT_TIMEOUT, AWS_READ_TIMEOUT
from token_rotator.transport import Transport, TransportError

MAX_BODY_BYTES: Final = 1024 * 1024
"""A secret has up to 64 KiB, and JSON escapes can make it six times as long."""

_SET_BY_LAMBDA: Final = ("AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
_CONFIG: Final = Config(
    retries={"mode": "standard", "total_max_attempts": 1},  # retrying.py retries
    user_agent_extra=f"token-rotator/{VERSION}",
)
_ERROR_CODE: Final = re.compile(r"[A-Za-z][A-Za-z0-9.]{0,63}")
_PARSE_ERRORS: Final = (
    *(ResponseParserError, AttributeError, LookupError, RecursionError, TypeError, ValueError),
)
"""Exceptions of botocore's parsers for a response that does not match the service's model."""


class NoAnswer(HTTPClientError):
    """No complete response was received. The message is the kind of failure."""

    fmt = "{error}"


@dataclass(frozen=True, slots=True)
class BotocoreService:
    """An AwsService that uses a botocore client."""

    client: Any

    def call(
        self,
        operation: str,
        parameters: Mapping[str, object],
        *,
        required_member: str | None = None,
    ) -> Mapping[str, Any]:
        """See AwsService. Makes one attempt, which takes at most AWS_CALL_TIMEOUT."""
        # raised "from None" with only codes and class names, because botocore's exceptions quote
        # parameters and responses
        try:
            response: dict[str, Any] = getattr(self.client, xform_name(operation))(**parameters)
        except ClientError as exc:
            raise _aws_error(exc) from None
        except (HTTPClientError, NoConnection) as exc:
            kind = str(exc) if isinstance(exc, NoAnswer) else type(exc).__name__
            raise AwsUnavailable(kind) from None
        except BotoCoreError as exc:
            raise _configuration_error(exc) from None
        except _PARSE_ERRORS:
            raise AwsUnavailable("unreadable response") from None
        if required_member and required_member not in response:
            # botocore parses truncated JSON as a response without members
            raise AwsUnavailable("incomplete response")
        return response


@dataclass(frozen=True, slots=True, kw_only=True)
class AwsClients:
    """AWS clients for the function's region, with its role's credentials."""

    secrets_manager: AwsService
    parameter_store: AwsService
    is_local: bool
    """Whether the AWS endpoint is on loopback (the local AWS emulator)."""

    @classmethod
    def from_environment(cls, *, now: Callable[[], datetime]) -> "AwsClients":
        """Creates the clients from this process's environment. Raises ConfigurationError.

        In addition to Lambda's variables, botocore's own apply: AWS_ENDPOINT_URL and its variants
        for each service, AWS_USE_FIPS_ENDPOINT, AWS_USE_DUALSTACK_ENDPOINT, AWS_CA_BUNDLE.
        """
        if missing := [name for name in _SET_BY_LAMBDA if not os.environ.get(name)]:
            raise ConfigurationError(
                f"The environment variable {' and '.join(missing)} is missing. Lambda sets it, and "
                "the function runs only there. To rotate manually, run token-rotator rotate."
            )
        session = Session()
        # Lambda's variables only: botocore's credential chain would also try files, processes and
        # the network, and creating it takes longer than creating both clients
        session.register_component("credential_provider", CredentialResolver([EnvProvider()]))
        try:
            sender: Any = _Sender(_tls_context(session.get_config_variable("ca_bundle")), now)
            session.register("before-send", sender)
            secrets_manager, parameter_store = (
                # botocore itself reads only AWS_DEFAULT_REGION
                session.create_client(service, os.environ["AWS_REGION"], config=_CONFIG)
                for service in AWS_SERVICES
            )
        except (BotoCoreError, ValueError) as exc:
            raise _configuration_error(exc) from None
        endpoints = (client.meta.endpoint_url for client in (secrets_manager, parameter_store))
        return cls(
            secrets_manager=BotocoreService(secrets_manager),
            parameter_store=BotocoreService(parameter_store),
            is_local=all(urls.is_loopback(urls.host(endpoint)) for endpoint in endpoints),
        )


@dataclass(frozen=True, slots=True)
class _Sender:
    """Sends botocore's requests, in place of botocore's HTTP session.

    That session loads a CA file for each connection, applies its timeout to each read instead of
    the whole call, and accepts a response that is shorter than its Content-Length.
    https://docs.aws.amazon.com/botocore/latest/topics/events.html#before-send
    """

    tls_context: ssl.SSLContext
    now: Callable[[], datetime]
    transports: dict[str, Transport] = field(default_factory=dict)
    """Transports by endpoint. A PoolManager would look up its pool for each request."""

    def __call__(self, *, request: Any, **_: object) -> AWSResponse:
        url = urlsplit(request.url)
        endpoint = f"{url.scheme}://{url.netloc}"
        try:
            response = self._transport(endpoint).send(
                request.method,
                request.url.removeprefix(endpoint),
                headers=dict(request.headers.items()),  # an email.message is slow to iterate
                body=request.body,
                deadline=self.now() + AWS_CALL_TIMEOUT,
            )
        except TransportError as exc:
            raise NoAnswer(error=exc) from None
        headers: Any = response.headers
        body = SimpleNamespace(stream=lambda: [response.body])
        return AWSResponse(request.url, response.status, headers, body)

    def _transport(self, endpoint: str) -> Transport:
        if endpoint not in self.transports:
            pool_manager = urllib3.PoolManager(ssl_context=self.tls_context)
            self.transports[endpoint] = Transport(
                pool=pool_manager.connection_from_url(endpoint),
                connect=AWS_CONNECT_TIMEOUT,
                read=AWS_READ_TIMEOUT,
                max_body_bytes=MAX_BODY_BYTES,
                now=self.now,
            )
        return self.transports[endpoint]


def _tls_context(ca_bundle: str | None) -> ssl.SSLContext:
    try:
        return transport.tls_context(ca_bundle)
    except OSError:
        raise ConfigurationError(
            "The certificates in AWS_CA_BUNDLE cannot be read: correct or remove the variable."
        ) from None


def _aws_error(exc: ClientError) -> AwsError:
    """Converts an error to its code, or its status if there is no code. Reveals nothing else."""
    status = exc.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    code = str(exc.response.get("Error", {}).get("Code", ""))
    if not _ERROR_CODE.fullmatch(code):
        code = f"HTTP status {status}"
    return (AwsUnavailable if is_transient(code, status) else AwsRefused)(code)


def _configuration_error(exc: Exception) -> ConfigurationError:
    return ConfigurationError(
        f"botocore cannot create a request to AWS ({type(exc).__name__}). "
        "Check the AWS_... variables of the function's environment."
    )
