"""Private keys for tests, generated once for each run and never stored."""

import functools

from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key as generate_rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

PKCS1 = PrivateFormat.TraditionalOpenSSL
PKCS8 = PrivateFormat.PKCS8


@functools.cache
def rsa_key(number: int = 0, *, bits: int = 2048) -> RSAPrivateKey:
    """RSA key number n. The same number always returns the same key."""
    return generate_rsa(public_exponent=65537, key_size=bits)


@functools.cache
def ec_key() -> EllipticCurvePrivateKey:
    """A key on P-256."""
    return generate_private_key(SECP256R1())


def pem(key: RSAPrivateKey | EllipticCurvePrivateKey, private_format: PrivateFormat = PKCS1) -> str:
    """The key as PEM text, with line breaks."""
    return key.private_bytes(Encoding.PEM, private_format, NoEncryption()).decode()
