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

MIN_RSA_BITS: Final = 2048
"""RFC 7518 section 3.3."""

STORE_UNCHANGED: Final = "Store the file downloaded from Intelligence unchanged."


def load(text: str, *, algorithm: Algorithm) -> PrivateKey:
    """Loads a PEM key (RFC 7468; PKCS#1, PKCS#8 or SEC1) for the algorithm.

    Labels and line breaks may be damaged: see pem.find. Raises CredentialError, which never
    contains any of the text.
    """
    # raised "from None", because a parser's error may quote the text
    try:
        block = pem.find(text)
    except ValueError as exc:
        raise _unusable(str(exc)) from None
    try:
        key = load_der_private_key(block.der, password=None)
    except TypeError:
        raise _unusable(pem.ENCRYPTED) from None
    except (ValueError, UnsupportedAlgorithm):
        raise _unusable(block.problem) from None
    return _check_algorithm(key, algorithm)


def describe_key(key: PrivateKey) -> str:
    """The key's type and size: ``RSA key (2048 bits)``."""
    kind = "RSA key" if isinstance(key, RSAPrivateKey) else f"{key.curve.name} key"
    return f"{kind} ({key.key_size} bits)"


def _check_algorithm(key: object, algorithm: Algorithm) -> PrivateKey:
    if algorithm is Algorithm.ES256:
        if not isinstance(key, EllipticCurvePrivateKey):
            raise _unusable("is not an elliptic curve key, but the algorithm is ES256", algorithm)
        if not isinstance(key.curve, SECP256R1):
            raise _unusable("is not on the curve P-256, which ES256 requires", algorithm)
        return key
    if not isinstance(key, RSAPrivateKey):
        raise _unusable(f"is not an RSA key, but the algorithm is {algorithm}", algorithm)
    if key.key_size < MIN_RSA_BITS:
        raise _unusable(f"has {key.key_size} bits; at least {MIN_RSA_BITS} are required", algorithm)
    return key


def _unusable(problem: str, algorithm: Algorithm = Algorithm.RS256) -> CredentialError:
    fix = "Store a P-256 private key (PEM)." if algorithm is Algorithm.ES256 else STORE_UNCHANGED
    return CredentialError(f"The privateKey {problem}. {fix}")
