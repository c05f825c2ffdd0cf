"""Whom does the stand-in identity provider know? Clients, their keys, and which are accepted."""

import threading
from collections import defaultdict
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from joserfc.jwk import ECKey, RSAKey

from local.idp.service_account import ServiceAccount, fingerprint


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredKey:
    """The public half of a key that a client may sign with."""

    fingerprint: str
    public_key: RSAKey | ECKey


class Accounts:
    """Several keys per client, each accepted or rejected at any moment. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._keys: defaultdict[str, dict[str, RegisteredKey]] = defaultdict(dict)
        self._rejected: set[str] = set()

    def register(self, client_id: str, public_key_pem: str) -> None:
        """The client may sign with this key from now on, besides those it has."""
        is_rsa = isinstance(load_pem_public_key(public_key_pem.encode()), RSAPublicKey)
        key = (RSAKey if is_rsa else ECKey).import_key(public_key_pem)
        name = fingerprint(public_key_pem)
        with self._lock:
            self._keys[client_id][name] = RegisteredKey(fingerprint=name, public_key=key)

    def reject(self, account: ServiceAccount) -> None:
        """The account's key no longer counts."""
        with self._lock:
            self._rejected.add(account.key_fingerprint)

    def accept(self, account: ServiceAccount) -> None:
        """The account's key counts again."""
        with self._lock:
            self._rejected.discard(account.key_fingerprint)

    def accepted_keys(self, client_id: str) -> list[RegisteredKey]:
        """What the client may sign with now; nothing for strangers."""
        with self._lock:
            keys = self._keys.get(client_id, {})
            return [key for name, key in keys.items() if name not in self._rejected]
