"""The service account that Intelligence offers for download: a client ID and its RSA key."""

import hashlib
import json
from dataclasses import dataclass, field
from typing import Final, Self
from uuid import uuid4

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

KEY_BITS: Final = 2048


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceAccount:
    """The content of a downloaded file, and its public key."""

    client_id: str
    discovery_endpoint: str
    private_key_pem: str = field(repr=False)
    public_key_pem: str

    @classmethod
    def generate(cls, *, discovery_endpoint: str, client_id: str | None = None) -> Self:
        """Generates a key for a new client or, like Generate/Refresh, for an existing one."""
        key = rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)
        return cls(
            client_id=client_id or str(uuid4()),
            discovery_endpoint=discovery_endpoint,
            private_key_pem=key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.TraditionalOpenSSL,  # PKCS#1: BEGIN RSA PRIVATE KEY
                serialization.NoEncryption(),
            ).decode(),
            public_key_pem=key.public_key()
            .public_bytes(
                serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
            )
            .decode(),
        )

    @property
    def key_fingerprint(self) -> str:
        """The fingerprint of the public key."""
        return fingerprint(self.public_key_pem)

    def as_downloaded(self) -> str:
        """The downloaded file's content. In JSON the key's line breaks are written ``\\n``."""
        return json.dumps(
            {
                "serviceAccountId": self.client_id,
                "privateKey": self.private_key_pem,
                "discoveryEndpoint": self.discovery_endpoint,
            },
            indent=2,
        )


def fingerprint(text: str) -> str:
    """The first 12 hexadecimal digits of the SHA-256, to compare values without showing them."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]
