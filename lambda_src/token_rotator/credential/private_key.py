"""Reads a private key from PEM text, even if its line breaks were damaged on the way."""

import base64
import binascii
import re
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_der_private_key

from token_rotator.contract import Algorithm
from token_rotator.errors import CredentialError

PrivateKey = RSAPrivateKey | EllipticCurvePrivateKey

SHORTEST_RSA_BITS: Final = 2048
"""RFC 7518 section 3.3."""

WANTED: Final = "Wanted is the privateKey of the file downloaded from Intelligence, unchanged."

_BLOCK: Final = re.compile(r"-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END \1-----", re.DOTALL)
_USABLE: Final = ("RSA PRIVATE KEY", "PRIVATE KEY", "EC PRIVATE KEY")
_OTHERS: Final = {
    "PUBLIC KEY": "a public key",
    "RSA PUBLIC KEY": "a public key",
    "CERTIFICATE": "a certificate",
    "ENCRYPTED PRIVATE KEY": "an encrypted key; store it decrypted, the secret itself is encrypted",
    "OPENSSH PRIVATE KEY": "a key in OpenSSH's own format",
}


def load(text: str, *, algorithm: Algorithm) -> PrivateKey:
    """The key in a PEM (RFC 7468; PKCS#1, PKCS#8 or SEC1) that the algorithm can sign with.

    Line breaks may be real, literal ``\\n``, CRLF, indented or missing, and the PEM may be wrapped
    in base64 once more. Raises CredentialError, which never shows any of the text.
    """
    label, body = _pem_block(_with_line_breaks(text))
    if "Proc-Type" in body:  # the legacy header "Proc-Type: 4,ENCRYPTED" (RFC 1421 section 4.6.1.1)
        label = "ENCRYPTED PRIVATE KEY"
    if label not in _USABLE:
        raise _wrong(f"is {_OTHERS.get(label, 'no private key')}")
    # Raised "from None" throughout: a parser's complaint may quote what it could not parse.
    try:
        der = base64.b64decode("".join(body.split()), validate=True)
        key = load_der_private_key(der, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise _wrong("is truncated or damaged") from None
    return _suitable(key, algorithm)


def _with_line_breaks(text: str) -> str:
    return re.sub(r"\\+r|\\+(?=\n|$)", "", re.sub(r"\\+n", "\n", text))


def _pem_block(text: str) -> tuple[str, str]:
    """Label and body of the first private key in the text, else of the first block of any kind."""
    if "-----BEGIN" not in text:
        text = _unwrapped(text)
    blocks = _BLOCK.findall(text)
    if not blocks:
        raise _wrong("has no end: it is truncated" if "-----BEGIN" in text else "is no PEM")
    label, body = next((block for block in blocks if "PRIVATE KEY" in block[0]), blocks[0])
    return label, body


def _unwrapped(text: str) -> str:
    try:
        return _with_line_breaks(base64.b64decode("".join(text.split()), validate=True).decode())
    except (binascii.Error, ValueError):
        raise _wrong("is no PEM") from None


def _suitable(key: object, algorithm: Algorithm) -> PrivateKey:
    if algorithm is Algorithm.ES256:
        if not isinstance(key, EllipticCurvePrivateKey):
            raise _wrong("is no elliptic curve key, but the algorithm is ES256", algorithm)
        if not isinstance(key.curve, SECP256R1):
            raise _wrong("is not on the curve P-256, which ES256 signs with", algorithm)
        return key
    if not isinstance(key, RSAPrivateKey):
        raise _wrong(f"is no RSA key, but the algorithm is {algorithm}", algorithm)
    if key.key_size < SHORTEST_RSA_BITS:
        raise _wrong(f"has {key.key_size} bits; {SHORTEST_RSA_BITS} are the least", algorithm)
    return key


def _wrong(what: str, algorithm: Algorithm = Algorithm.RS256) -> CredentialError:
    wanted = "Wanted is a P-256 private key (PEM)." if algorithm is Algorithm.ES256 else WANTED
    return CredentialError(f"The privateKey {what}. {wanted}")
