"""Checks of PEM files with additional CA certificates.

The function's Python verifies strictly (``ssl.VERIFY_X509_STRICT``, since 3.13), so a CA
certificate that violates RFC 5280 would be rejected in Lambda. The checks find it at synthesis.
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

MAX_FILE_BYTES: Final = 64 * 1024
"""About thirty CA certificates. The public ones do not belong here: the system has them."""

_FIX: Final = (
    "write the path of a PEM file with each certificate between -----BEGIN CERTIFICATE----- "
    "and -----END CERTIFICATE-----"
)


def fix_of_certificates(file: Path, *, now: datetime) -> str | None:
    """Returns how to fix an unusable file, or None. Never quotes key material."""
    try:
        content = _content(file)
    except OSError as error:
        return f"{_FIX}; {file} cannot be read ({error.strerror})"
    if b"PRIVATE KEY" in content:
        return (
            "remove the private key from the file, and replace that key if the file was shared. "
            "The file needs certificates only"
        )
    if len(content) > MAX_FILE_BYTES:
        return (
            f"use a file of at most {MAX_FILE_BYTES // 1024} KiB with your own CA "
            "certificates only: the system's are trusted already"
        )
    try:
        certificates = x509.load_pem_x509_certificates(content)
    except ValueError:
        return f"{_FIX}; {file} has none, or a damaged one"
    for number, certificate in enumerate(certificates, start=1):
        for fix in _fixes(certificate, now):
            return f"{fix} (certificate {number} of the file, {_subject(certificate)})"
    return None


def certificates_of(file: Path) -> str:
    """The certificates of a usable file, without duplicates and without the text between them."""
    certificates = x509.load_pem_x509_certificates(_content(file))
    pems = (one.public_bytes(Encoding.PEM).decode("ascii") for one in certificates)
    return "".join(dict.fromkeys(pems))


def _content(file: Path) -> bytes:
    with file.open("rb") as opened:
        return opened.read(MAX_FILE_BYTES + 1)


def _fixes(certificate: x509.Certificate, now: datetime) -> Iterator[str]:
    try:
        extensions = certificate.extensions
    except (ValueError, x509.DuplicateExtension):
        yield "use a certificate with readable extensions"
        return
    if (constraints := _extension(extensions, x509.BasicConstraints)) is None or (
        not constraints.value.ca
    ):
        yield (
            "use the certificate of the CA that issued this one, which is not a CA certificate "
            "(it lacks basicConstraints CA:TRUE)"
        )
    elif certificate.not_valid_after_utc <= now:
        yield f"use a valid certificate: it expired on {certificate.not_valid_after_utc:%Y-%m-%d}"
    elif certificate.not_valid_before_utc > now:
        yield (
            f"use a certificate that is valid now: this one starts on "
            f"{certificate.not_valid_before_utc:%Y-%m-%d}"
        )
    elif missing := _missing_extension(extensions, critical=constraints.critical):
        yield (
            f"reissue the CA certificate with {missing}: the function's Python requires it "
            "(RFC 5280)"
        )


def _missing_extension(extensions: x509.Extensions, *, critical: bool) -> str | None:
    """The extensions that OpenSSL's X509_V_FLAG_X509_STRICT requires and that are missing."""
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


def _subject(certificate: x509.Certificate) -> str:
    return shown(certificate.subject.rfc4514_string())
