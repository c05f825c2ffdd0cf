"""TLS certificates for tests, and a private CA that issues them."""

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from local.aws.certificate import Certificate, for_loopback, self_signed
from local.process.ports import LOOPBACK

_DAY = timedelta(days=1)


def unknown_to_the_system(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """The TLS context of a loopback server, and the path of its certificate."""
    return _server(for_loopback(folder))


def of_host(name: str, folder: Path) -> tuple[ssl.SSLContext, Path]:
    """The same for a server with this name."""
    return _server(self_signed(folder, x509.DNSName(name)))


def _server(files: Certificate) -> tuple[ssl.SSLContext, Path]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files.certificate, files.private_key)
    return context, files.certificate


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """A private CA."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @property
    def pem(self) -> bytes:
        """Its certificate."""
        return self.certificate.public_bytes(Encoding.PEM)

    @property
    def private_key_pem(self) -> bytes:
        """The private key, which must never be deployed."""
        return _key_pem(self.key)

    def server(self, folder: Path) -> ssl.SSLContext:
        """The TLS context of a loopback server with a certificate of this CA."""
        key = ec.generate_private_key(ec.SECP256R1())
        alternative = x509.SubjectAlternativeName([x509.IPAddress(ip_address(LOOPBACK))])
        issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key())
        certificate = (
            _builder("a server", self.certificate.subject, key.public_key())
            .add_extension(alternative, critical=False)
            .add_extension(issuer, critical=False)
            .sign(self.key, SHA256())
        )
        file = folder / "server.pem"
        file.write_bytes(certificate.public_bytes(Encoding.PEM) + _key_pem(key))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context


def an_authority(
    name: str = "a private authority",
    *,
    ca: bool = True,
    critical: bool = True,
    key_usage: bool = True,
    key_identifier: bool = True,
    begins: timedelta = -_DAY,
    ends: timedelta = _DAY,
) -> Authority:
    """A CA that complies with RFC 5280, except for what the arguments omit."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = _name(name)
    builder = _builder(name, subject, key.public_key(), begins=begins, ends=ends).add_extension(
        x509.BasicConstraints(ca=ca, path_length=None), critical=critical
    )
    if key_usage:
        builder = builder.add_extension(_MAY_SIGN, critical=True)
    if key_identifier:
        identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
        builder = builder.add_extension(identifier, critical=False)
    return Authority(certificate=builder.sign(key, SHA256()), key=key)


def _builder(
    name: str,
    issuer: x509.Name,
    public_key: ec.EllipticCurvePublicKey,
    *,
    begins: timedelta = -_DAY,
    ends: timedelta = _DAY,
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(_name(name))
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + begins)
        .not_valid_after(now + ends)
    )


def _name(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _key_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


_MAY_SIGN = x509.KeyUsage(
    digital_signature=True,
    content_commitment=False,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=True,
    crl_sign=True,
    encipher_only=False,
    decipher_only=False,
)
