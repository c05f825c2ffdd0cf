"""The CA certificates that this machine trusts: the system's and those in its variables."""

import os
import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from token_rotator_cli.errors import UsageError

_REPLACING_VARIABLES: Final = ("SSL_CERT_FILE", "SSL_CERT_DIR")
"""OpenSSL reads them itself: https://docs.openssl.org/3.0/man3/X509_LOOKUP_hash_dir/"""

_ADDING_VARIABLES: Final = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "AWS_CA_BUNDLE")
"""Variables of requests, curl and AWS tools, which are usually set behind an inspecting proxy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """A TLS context like transport.tls_context, with this machine's CA certificates."""

    context: ssl.SSLContext
    variables: tuple[str, ...]
    """The variables that add CA certificates."""


def machine_trust(extra_ca_file: Path | None = None) -> Trust:
    """Creates this machine's TLS context. ``besides`` is a PEM file that the function also trusts.

    Raises UsageError if a variable's file, or ``besides``, has no valid certificates.
    """
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    variables = [name for name in _REPLACING_VARIABLES if os.environ.get(name)]
    adding = {name: path for name in _ADDING_VARIABLES if (path := os.environ.get(name))}
    variables += [name for name, path in adding.items() if _load(context, name, Path(path))]
    if extra_ca_file is not None:
        _load(context, "extra_ca_certificates", extra_ca_file)
    return Trust(context=context, variables=tuple(variables))


def _load(context: ssl.SSLContext, variable: str, path: Path) -> bool:
    """Whether loading the path may add certificates. A directory always may."""
    before = context.cert_store_stats()["x509"]
    try:
        if path.is_dir():
            context.load_verify_locations(capath=path)
            return True
        context.load_verify_locations(cafile=path)
    except OSError:  # ssl.SSLError is one
        raise UsageError(
            f"{variable} names {path}, which has no readable certificates. Correct or unset the "
            "variable."
        ) from None
    return context.cert_store_stats()["x509"] > before
