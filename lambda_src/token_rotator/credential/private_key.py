"""Loads a private key from PEM text and checks that the algorithm can use it."""

from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_der_private_key

from token_rotator.contract import Algorithm
from token_rotator.credential import pem
from token_rotator.errors import CredentialError

PrivateKey = RSAPrivateKey | EllipticCurvePrivateKey

SHORTEST_RSA_BITS: Final = 2048
"""RFC 7518 section 3.3."""

WANTED: Final = "Store the file downloaded from Intelligence unchanged."


def load(text: str, *, algorithm: Algorithm) -> PrivateKey:
    """Loads a PEM key (RFC 7468; PKCS#1, PKCS#8 or SEC1) for the algorithm.

    Labels and line breaks may be damaged: see pem.find. Raises CredentialError, which never
    contains any of the text.
    """
    # raised "from None", because a parser's error may quote the text
    try:
        block = pem.find(text)
    except ValueError as exc:
        raise _wrong(str(exc)) from None
    try:
        key = load_der_private_key(block.der, password=None)
    except TypeError:
        raise _wrong(pem.ENCRYPTED) from None
    except (ValueError, UnsupportedAlgorithm):
        raise _wrong(block.flaw) from None
    return _suitable(key, algorithm)


def described(key: PrivateKey) -> str:
    """The key's type and size: ``RSA key (2048 bits)``."""
    kind = "RSA key" if isinstance(key, RSAPrivateKey) else f"{key.curve.name} key"
    return f"{kind} ({key.key_size} bits)"


def _suitable(key: object, algorithm: Algorithm) -> PrivateKey:
    if algorithm is Algorithm.ES256:
        if not isinstance(key, EllipticCurvePrivateKey):
            raise _wrong("is not an elliptic curve key, but the algorithm is ES256", algorithm)
        if not isinstance(key.curve, SECP256R1):
            raise _wrong("is not on the curve P-256, which ES256 requires", algorithm)
        return key
    if not isinstance(key, RSAPrivateKey):
        raise _wrong(f"is not an RSA key, but the algorithm is {algorithm}", algorithm)
    if key.key_size < SHORTEST_RSA_BITS:
        raise _wrong(
            f"has {key.key_size} bits; at least {SHORTEST_RSA_BITS} are required", algorithm
        )
    return key


def _wrong(what: str, algorithm: Algorithm = Algorithm.RS256) -> CredentialError:
    wanted = "Store a P-256 private key (PEM)." if algorithm is Algorithm.ES256 else WANTED
    return CredentialError(f"The privateKey {what}. {wanted}")
