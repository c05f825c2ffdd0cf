"""PEM files with authorities that the function trusts besides the system's.

The function's Python verifies strictly (``ssl.VERIFY_X509_STRICT`` since 3.13): an authority that
RFC 5280 does not allow would be refused in Lambda. Here it is named, with what it lacks.
https://docs.python.org/3/library/ssl.html#ssl.create_default_context
"""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Final, TypeVar

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from token_rotator_cdk.config.issues import shown

E = TypeVar("E", bound=x509.ExtensionType)

LONGEST_FILE_BYTES: Final = 64 * 1024
"""Some thirty authorities. All public ones together are longer, and the system has those."""

_FIX: Final = (
    "write the path of a PEM file, which has each certificate between -----BEGIN CERTIFICATE----- "
    "and -----END CERTIFICATE-----"
)


def fix_of_certificates(file: Path, *, now: datetime) -> str | None:
    """What to write instead of a file that cannot be used, or None. Quotes no key."""
    try:
        content = _content(file)
    except OSError as error:
        return f"{_FIX}; {file} cannot be read ({error.strerror})"
    if b"PRIVATE KEY" in content:
        return (
            "take the private key out of the file, and replace that key if the file was shared: "
            "certificates are all that is needed"
        )
    if len(content) > LONGEST_FILE_BYTES:
        return (
            f"write a file of {LONGEST_FILE_BYTES // 1024} KiB at most, with your own authorities "
            "only: the system's are trusted anyway"
        )
    try:
        certificates = x509.load_pem_x509_certificates(content)
    except ValueError:
        return f"{_FIX}; in {file} is none, or one that is damaged"
    for number, certificate in enumerate(certificates, start=1):
        for fix in _fixes(certificate, now):
            return f"{fix} (certificate {number} of the file, {_named(certificate)})"
    return None


def certificates_of(file: Path) -> str:
    """The certificates of a file that can be used, each once, without what stands around them."""
    certificates = x509.load_pem_x509_certificates(_content(file))
    pems = (one.public_bytes(Encoding.PEM).decode("ascii") for one in certificates)
    return "".join(dict.fromkeys(pems))


def _content(file: Path) -> bytes:
    with file.open("rb") as opened:
        return opened.read(LONGEST_FILE_BYTES + 1)


def _fixes(certificate: x509.Certificate, now: datetime) -> Iterator[str]:
    try:
        extensions = certificate.extensions
    except (ValueError, x509.DuplicateExtension):
        yield "write a certificate whose extensions can be read"
        return
    if (constraints := _extension(extensions, x509.BasicConstraints)) is None or (
        not constraints.value.ca
    ):
        yield (
            "write the certificate of the authority that issued it: this one is no authority's "
            "(basicConstraints CA:TRUE)"
        )
    elif certificate.not_valid_after_utc <= now:
        yield f"write one that is valid: it expired at {certificate.not_valid_after_utc:%Y-%m-%d}"
    elif certificate.not_valid_before_utc > now:
        yield (
            f"write one that is valid: it is not before {certificate.not_valid_before_utc:%Y-%m-%d}"
        )
    elif missing := _not_strict(extensions, critical=constraints.critical):
        yield (
            f"have the authority's certificate made again with {missing}: the function's Python "
            "accepts no other (RFC 5280)"
        )


def _not_strict(extensions: x509.Extensions, *, critical: bool) -> str | None:
    """What OpenSSL's X509_V_FLAG_X509_STRICT asks of an authority that is trusted."""
    usage = _extension(extensions, x509.KeyUsage)
    if not critical:
        return "critical basicConstraints"
    if usage is None or not usage.value.key_cert_sign:
        return "keyUsage keyCertSign"
    if _extension(extensions, x509.SubjectKeyIdentifier) is None:
        return "subjectKeyIdentifier"
    return None


def _extension(extensions: x509.Extensions, kind: type[E]) -> x509.Extension[E] | None:
    try:
        return extensions.get_extension_for_class(kind)
    except x509.ExtensionNotFound:
        return None


def _named(certificate: x509.Certificate) -> str:
    return shown(certificate.subject.rfc4514_string())
