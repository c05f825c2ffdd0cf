"""A self-signed TLS certificate for the local AWS, created at each start."""

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from local.process.ports import LOOPBACK

_LIFETIME = timedelta(days=1)


class Certificate(NamedTuple):
    """Two PEM files. Clients trust the first one. It cannot sign other certificates."""

    certificate: Path
    private_key: Path


def for_loopback(directory: Path) -> Certificate:
    """Creates a self-signed certificate for the loopback address, valid for one day."""
    return self_signed(directory, x509.IPAddress(ip_address(LOOPBACK)))


def self_signed(directory: Path, server: x509.GeneralName) -> Certificate:
    """Creates a self-signed certificate for this server, valid for one day."""
    private_key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "local AWS")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, private_key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=1))
        .not_valid_after(now + _LIFETIME)
        .add_extension(x509.SubjectAlternativeName([server]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(private_key, SHA256())
    )
    files = Certificate(directory / "local-aws.pem", directory / "local-aws-key.pem")
    files.certificate.write_bytes(certificate.public_bytes(Encoding.PEM))
    files.private_key.touch(mode=0o600)
    files.private_key.write_bytes(
        private_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    return files
