"""A TLS certificate for loopback that no system trusts."""

import ssl
from pathlib import Path

from local.aws.certificate import for_loopback


def unknown_to_the_system(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """The server's TLS context, and the path of its certificate for clients that trust it."""
    certificate, key = for_loopback(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context, certificate
