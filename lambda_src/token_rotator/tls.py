"""Who is trusted at the other end? Whom the system trusts, or a bundle of certificates."""

import functools
import ssl


@functools.cache
def trusting(ca_bundle: str | None) -> ssl.SSLContext:
    """Certificates and host names verified, TLS 1.2 or newer. The same object each time.

    None: whom the system trusts.

    Reading the system's certificates takes several times as long as a warm rotation, and urllib3
    would do it for every connection.
    """
    context = ssl.create_default_context(cafile=ca_bundle)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context
