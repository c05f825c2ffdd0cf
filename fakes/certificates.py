"""TLS certificates that no system trusts."""

import ssl
from pathlib import Path

from cryptography import x509

from local.aws.certificate import Certificate, for_loopback, self_signed


def unknown_to_the_system(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """The TLS context of a server on loopback, and its certificate for clients that trust it."""
    return _server(for_loopback(folder))


def of_host(name: str, folder: Path) -> tuple[ssl.SSLContext, Path]:
    """The same for a server with this name."""
    return _server(self_signed(folder, x509.DNSName(name)))


def _server(files: Certificate) -> tuple[ssl.SSLContext, Path]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files.certificate, files.private_key)
    return context, files.certificate
