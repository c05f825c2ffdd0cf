"""Sends one HTTP request, with limits on the response's time and size."""

import functools
import logging
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import urllib3
from urllib3.exceptions import DecodeError, HTTPError
from urllib3.util.ssl_match_hostname import CertificateError


class TransportError(Exception):
    """No complete response was received. The message names the root cause and contains no URL."""

    def __init__(
        self,
        text: str,
        *,
        certificate_rejected: bool = False,
        client_certificate_required: bool = False,
    ) -> None:
        super().__init__(text)
        self.certificate_rejected = certificate_rejected
        """Whether the server's certificate was rejected."""
        self.client_certificate_required = client_certificate_required
        """Whether the server closed TLS in a way that suggests a required client certificate."""
        self.partial_response: HttpResponse | None = None
        """Status and headers without a body, if they arrived."""


class ResponseTooLarge(TransportError):
    """The decoded response is too large and was discarded."""


class ResponseUndecodable(TransportError):
    """The response does not match its Content-Encoding."""


def silence_libraries() -> None:
    """Sets the libraries' loggers to WARNING, whatever the root logger's level.

    At DEBUG they log URLs, headers and bodies, which contain assertions, tokens and keys. At INFO,
    botocore logs the source of its credentials on each cold start.
    """
    for library in ("botocore", "urllib3"):
        logging.getLogger(library).setLevel(logging.WARNING)


@functools.cache
def tls_context(ca_bundle: str | None, *, extra_ca_file: str | None = None) -> ssl.SSLContext:
    """A cached TLS context that verifies certificates and host names, with TLS 1.2 or newer.

    ``ca_bundle`` None: the system's CA certificates. The context is cached because loading them
    takes several times as long as a warm rotation. ``extra_ca_file``: a file with additional CA
    certificates. Raises OSError if a file cannot be read or contains no certificate.
    """
    context = ssl.create_default_context(cafile=ca_bundle)
    if extra_ca_file is not None:
        context.load_verify_locations(cafile=extra_ca_file)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpResponse:
    """A complete response."""

    status: int
    headers: Mapping[str, str]
    """Names are case-insensitive."""
    body: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transport:
    """Sends single requests without retries or redirects."""

    pool: urllib3.PoolManager | urllib3.HTTPConnectionPool
    """A pool for one host (requests by path) or for all hosts (requests by URL)."""
    connect: timedelta
    """Connect timeout."""
    read: timedelta
    """Read timeout."""
    max_body_bytes: int
    now: Callable[[], datetime]
    decode_content: bool = False
    """Whether to decode the Content-Encodings gzip and deflate (RFC 9110 section 8.4)."""

    def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        body: str | bytes | None,
        deadline: datetime,
    ) -> HttpResponse:
        """Returns the response with any status. Raises TransportError and errors of connecting.

        Takes at most ``connect`` plus ``read``, even if the body arrives slowly.
        """
        started_at = self.now()
        ends_at = min(deadline, started_at + self.connect + self.read)
        remaining = ends_at - started_at
        # raised "from None", because urllib3's exceptions contain the URL, which may contain the
        # assertion
        try:
            response = self.pool.urlopen(
                method,
                url,
                body=body,
                headers=headers,
                redirect=False,
                retries=False,
                preload_content=False,
                decode_content=self.decode_content,
                timeout=urllib3.Timeout(
                    total=remaining.total_seconds(),
                    connect=min(self.connect, remaining).total_seconds(),
                    read=min(self.read, remaining).total_seconds(),
                ),
            )
        except (HTTPError, OSError) as exc:
            raise _transport_error(exc) from None
        try:
            content = self._content(response, ends_at)
        except (TransportError, HTTPError, OSError) as exc:
            response.close()
            error = exc if isinstance(exc, TransportError) else _transport_error(exc)
            error.partial_response = HttpResponse(status=response.status, headers=response.headers)
            raise error from None
        return HttpResponse(status=response.status, headers=response.headers, body=content)

    def _content(self, response: urllib3.BaseHTTPResponse, ends_at: datetime) -> bytes:
        """Reads the body in pieces, because a read timeout alone does not stop a slow body.

        urllib3 decodes at most one piece at a time.
        """
        content = bytearray()
        while chunk := response.read1(self.max_body_bytes):
            content += chunk
            if len(content) > self.max_body_bytes:
                raise ResponseTooLarge(f"more than {self.max_body_bytes // 1024} KiB")
            if self.now() >= ends_at:
                raise TransportError("still arriving")
        response.release_conn()
        return bytes(content)


def _transport_error(exc: BaseException) -> TransportError:
    if isinstance(exc, DecodeError):
        return ResponseUndecodable("does not match its Content-Encoding")
    while exc.__cause__ or exc.__context__:
        exc = exc.__cause__ or exc.__context__ or exc
    reason = exc.strerror if isinstance(exc, OSError) and exc.strerror else ""
    return TransportError(
        f"{type(exc).__name__}: {reason}" if reason else type(exc).__name__,
        certificate_rejected=isinstance(exc, (ssl.SSLCertVerificationError, CertificateError)),
        client_certificate_required=isinstance(exc, ssl.SSLError)
        and _suggests_client_certificate(exc),
    )


def _suggests_client_certificate(exc: ssl.SSLError) -> bool:
    """Whether TLS ended as it does when a server requires a client certificate.

    See RFC 8446 section 6.2 for the alerts. Older servers use others, or none.
    """
    alerts = ("ALERT_CERTIFICATE_REQUIRED", "ALERT_HANDSHAKE_FAILURE", "ALERT_BAD_CERTIFICATE")
    return isinstance(exc, ssl.SSLEOFError) or (exc.reason or "").endswith(alerts)
