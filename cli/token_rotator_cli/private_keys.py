"""How is a key called in front of people? By its type and size, never by what is in it."""

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from token_rotator.credential.private_key import PrivateKey


def described(key: PrivateKey) -> str:
    """For a sentence: ``RSA key (2048 bits)``."""
    kind = "RSA key" if isinstance(key, RSAPrivateKey) else f"{key.curve.name} key"
    return f"{kind} ({key.key_size} bits)"
