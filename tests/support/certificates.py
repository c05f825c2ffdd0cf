"""A server's certificate that no system trusts."""

import ssl
from pathlib import Path

from local.certificate import for_loopback


def unknown_to_the_system(folder: Path) -> ssl.SSLContext:
    """For a server on loopback."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*for_loopback(folder))
    return context
