"""The client and its keys, in the formats of third-party programs."""

import hashlib
from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from token_rotator.credential.private_key import PrivateKey

CLIENT: Final = "client-1"
USER: Final = "integration@example.com"
RSA: Final = rsa.generate_private_key(public_exponent=65537, key_size=2048)
EC: Final = ec.generate_private_key(ec.SECP256R1())


def jwk(key: PrivateKey) -> str:
    """The public key as a JWK (RFC 7517)."""
    if isinstance(key, rsa.RSAPrivateKey):
        return RSAAlgorithm.to_jwk(key.public_key())
    return ECAlgorithm.to_jwk(key.public_key())


def pem(key: PrivateKey) -> str:
    """The private key as PKCS#8."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def thumbprint(data: bytes) -> str:
    """The thumbprint of a certificate's DER (RFC 7515 section 4.1.8)."""
    return urlsafe_b64encode(hashlib.sha256(data).digest()).decode().rstrip("=")


def certificate() -> x509.Certificate:
    """A self-signed certificate of the RSA key."""
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "token-rotator")])
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(RSA.public_key())
        .serial_number(1)
        .not_valid_before(now)
        .not_valid_after(now + timedelta(days=1))
        .sign(RSA, hashes.SHA256())
    )
