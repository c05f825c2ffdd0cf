"""One HTTP request and its answer, bounded in time and size."""

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
    """No complete answer arrived. The text names the innermost cause and has no URL in it."""

    def __init__(
        self, text: str, *, certificate: bool = False, client_certificate: bool = False
    ) -> None:
        super().__init__(text)
        self.certificate = certificate
        """Whether the server's certificate was not accepted."""
        self.client_certificate = client_certificate
        """Whether the server ended TLS as one does that demands a certificate of its client."""
        self.begun: HttpResponse | None = None
        """Status and headers of the answer, if they had arrived, without a body."""


class ResponseTooLarge(TransportError):
    """The answer, decoded, is longer than allowed. Nothing of it is kept."""


class ResponseUndecodable(TransportError):
    """The answer is not what its Content-Encoding says."""


def silence_libraries() -> None:
    """Sets their loggers to WARNING, whatever the root logger's level is.

    At DEBUG they print URLs, headers and bodies: assertions, tokens, keys. At INFO botocore prints
    for each cold start where it found credentials.
    """
    for library in ("botocore", "urllib3"):
        logging.getLogger(library).setLevel(logging.WARNING)


@functools.cache
def trusting(ca_bundle: str | None, *, besides: str | None = None) -> ssl.SSLContext:
    """Certificates and host names are verified, TLS is 1.2 or newer. The same object each time.

    None: the authorities that the system trusts. Reading them takes several times as long as a
    warm rotation, and urllib3 would do it for every connection. ``besides``: a file with further
    authorities. Raises OSError for a file that cannot be read, or holds no certificate.
    """
    context = ssl.create_default_context(cafile=ca_bundle)
    if besides is not None:
        context.load_verify_locations(cafile=besides)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpResponse:
    """A complete answer."""

    status: int
    headers: Mapping[str, str]
    """Names are compared without regard to case."""
    body: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transport:
    """Sends one request, once. Follows no redirect, repeats nothing."""

    pool: urllib3.PoolManager | urllib3.HTTPConnectionPool
    """Connections to one host, for requests by path, or to all hosts, for requests by URL."""
    connect: timedelta
    """The longest that connecting may take."""
    read: timedelta
    """The longest pause while an answer arrives."""
    longest_body_bytes: int
    now: Callable[[], datetime]
    decodes: bool = False
    """Whether the Content-Encodings gzip and deflate are undone (RFC 9110 section 8.4)."""

    def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        body: str | bytes | None,
        deadline: datetime,
    ) -> HttpResponse:
        """The answer, whatever its status. Raises TransportError, and what connecting raises.

        It takes ``connect`` and ``read`` together at most, however slowly the body drips.
        """
        begun = self.now()
        ends = min(deadline, begun + self.connect + self.read)
        remaining = ends - begun
        # Errors are raised "from None": urllib3's exceptions hold the URL, and the URL of a
        # query-style request holds the assertion.
        try:
            response = self.pool.urlopen(
                method,
                url,
                body=body,
                headers=headers,
                redirect=False,
                retries=False,
                preload_content=False,
                decode_content=self.decodes,
                timeout=urllib3.Timeout(
                    total=remaining.total_seconds(),
                    connect=min(self.connect, remaining).total_seconds(),
                    read=min(self.read, remaining).total_seconds(),
                ),
            )
        except (HTTPError, OSError) as exc:
            raise _broken(exc) from None
        try:
            content = self._content(response, ends)
        except (TransportError, HTTPError, OSError) as exc:
            response.close()
            error = exc if isinstance(exc, TransportError) else _broken(exc)
            error.begun = HttpResponse(status=response.status, headers=response.headers)
            raise error from None
        return HttpResponse(status=response.status, headers=response.headers, body=content)

    def _content(self, response: urllib3.BaseHTTPResponse, ends: datetime) -> bytes:
        """The body, read piece by piece: a read timeout alone does not bound a slow drip.

        urllib3 decodes no more of it than a piece's size at a time.
        """
        content = bytearray()
        while piece := response.read1(self.longest_body_bytes):
            content += piece
            if len(content) > self.longest_body_bytes:
                raise ResponseTooLarge(f"more than {self.longest_body_bytes // 1024} KiB")
            if self.now() >= ends:
                raise TransportError("still arriving")
        response.release_conn()
        return bytes(content)


def _broken(exc: BaseException) -> TransportError:
    if isinstance(exc, DecodeError):
        return ResponseUndecodable("not what its Content-Encoding says")
    while exc.__cause__ or exc.__context__:
        exc = exc.__cause__ or exc.__context__ or exc
    reason = exc.strerror if isinstance(exc, OSError) and exc.strerror else ""
    return TransportError(
        f"{type(exc).__name__}: {reason}" if reason else type(exc).__name__,
        certificate=isinstance(exc, (ssl.SSLCertVerificationError, CertificateError)),
        client_certificate=isinstance(exc, ssl.SSLError) and _misses_a_certificate(exc),
    )


def _misses_a_certificate(exc: ssl.SSLError) -> bool:
    """How servers that demand a client certificate end TLS: by one of these alerts, or without.

    RFC 8446 section 6.2; OpenSSL names the alerts, which older servers have others for.
    """
    alerts = ("ALERT_CERTIFICATE_REQUIRED", "ALERT_HANDSHAKE_FAILURE", "ALERT_BAD_CERTIFICATE")
    return isinstance(exc, ssl.SSLEOFError) or (exc.reason or "").endswith(alerts)
