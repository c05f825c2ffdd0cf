"""The client assertion, which is signed anew for every attempt."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

import jwt

from token_rotator.contract import Algorithm
from token_rotator.credential.service_account import ServiceAccount
from token_rotator.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class AssertionSigner:
    """Signs client assertions (RFC 7523 section 2.2).

    The claims are those that Salesforce Help documents for Intelligence ("Generate a JSON Web
    Token (JWT)"): iss, sub, aud, iat, jti. A lifetime adds exp, which RFC 7523 section 3 requires.
    """

    algorithm: Algorithm
    lifetime: timedelta | None = None
    backdate: timedelta = timedelta()
    """How much older ``iat`` makes it, for a server whose clock is behind; ``exp`` is true."""
    key_id: str | None = None

    @classmethod
    def from_settings(cls, settings: Settings) -> "AssertionSigner":
        """The signer for a deployment's settings."""
        return cls(
            algorithm=settings.algorithm,
            lifetime=settings.assertion_lifetime,
            backdate=settings.assertion_backdate,
            key_id=settings.key_id,
        )

    def sign(self, account: ServiceAccount, *, audience: str, now: datetime) -> str:
        """A new assertion, issued now or backdated. Its jti is used once."""
        claims: dict[str, str | int] = {
            "iss": account.service_account_id,
            "sub": account.service_account_id,
            "aud": audience,
            "iat": int((now - self.backdate).timestamp()),
            "jti": uuid.uuid4().hex,
        }
        if self.lifetime is not None:
            claims["exp"] = int((now + self.lifetime).timestamp())
        headers = {"kid": self.key_id} if self.key_id else None
        return jwt.encode(claims, account.private_key, algorithm=self.algorithm, headers=headers)
