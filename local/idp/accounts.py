"""The clients and keys that the stand-in identity provider knows and accepts."""

import threading
from collections import defaultdict
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from joserfc.jwk import ECKey, RSAKey

from local.idp.service_account import ServiceAccount, fingerprint


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredKey:
    """A client's public key."""

    fingerprint: str
    public_key: RSAKey | ECKey


class Accounts:
    """Clients with several keys, each of which can be rejected and accepted. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._keys: defaultdict[str, dict[str, RegisteredKey]] = defaultdict(dict)
        self._rejected: set[str] = set()

    def register(self, client_id: str, public_key_pem: str) -> None:
        """Adds a key to those of a client."""
        is_rsa = isinstance(load_pem_public_key(public_key_pem.encode()), RSAPublicKey)
        key = (RSAKey if is_rsa else ECKey).import_key(public_key_pem)
        name = fingerprint(public_key_pem)
        with self._lock:
            self._keys[client_id][name] = RegisteredKey(fingerprint=name, public_key=key)

    def reject(self, account: ServiceAccount) -> None:
        """Rejects the account's key from now on."""
        with self._lock:
            self._rejected.add(account.key_fingerprint)

    def accept(self, account: ServiceAccount) -> bool:
        """Accepts the account's key again. Returns whether it was rejected."""
        with self._lock:
            was_rejected = account.key_fingerprint in self._rejected
            self._rejected.discard(account.key_fingerprint)
            return was_rejected

    def accepted_keys(self, client_id: str) -> list[RegisteredKey]:
        """The client's accepted keys. Empty for an unknown client."""
        with self._lock:
            keys = self._keys.get(client_id, {})
            return [key for name, key in keys.items() if name not in self._rejected]
