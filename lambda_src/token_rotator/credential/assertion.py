"""The assertion, which is signed anew for every attempt."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Self

import jwt

from token_rotator.contract import Algorithm, ScopeIn
from token_rotator.credential.service_account import ServiceAccount
from token_rotator.settings import ClaimValue, Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class AssertionSigner:
    """Signs assertions that authenticate a client or are a grant (RFC 7523 sections 2.2 and 2.1).

    Without further settings, the claims are those that Salesforce Help documents for Intelligence
    ("Generate a JSON Web Token (JWT)"): iss, sub, aud, iat, jti. A lifetime adds exp, which
    RFC 7523 section 3 requires.
    """

    algorithm: Algorithm
    lifetime: timedelta | None = None
    backdate: timedelta = timedelta()
    """How much older ``iat`` makes it, for a server whose clock is behind; ``exp`` is true."""
    key_id: str | None = None
    subject: str | None = None
    """None: the service account itself."""
    scope: str | None = None
    """The claim of this name; not the parameter of the token request."""
    claims: Mapping[str, ClaimValue] = field(default_factory=dict)
    """Further claims. They never take the place of one that the function sets."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Further headers. They never take the place of ``alg`` and ``kid``."""

    @classmethod
    def from_settings(cls, settings: Settings, **more: Any) -> Self:
        """The signer for a deployment's settings; ``more`` is for a class that has more fields."""
        return cls(
            algorithm=settings.algorithm,
            lifetime=settings.assertion_lifetime,
            backdate=settings.assertion_backdate,
            key_id=settings.key_id,
            subject=settings.subject,
            scope=settings.scope if settings.scope_in is ScopeIn.CLAIM else None,
            claims=settings.claims,
            headers=settings.headers,
            **more,
        )

    def sign(self, account: ServiceAccount, *, audience: str, now: datetime) -> str:
        """A new assertion, issued now or backdated. Its jti is used once."""
        claims: dict[str, ClaimValue] = {
            "iss": account.service_account_id,
            "sub": self.subject or account.service_account_id,
            "aud": audience,
            "iat": int((now - self.backdate).timestamp()),
            "jti": uuid.uuid4().hex,
        }
        if self.lifetime is not None:
            claims["exp"] = int((now + self.lifetime).timestamp())
        if self.scope is not None:
            claims["scope"] = self.scope
        headers = {"kid": self.key_id} if self.key_id else {}
        return jwt.encode(
            {**self.claims, **claims},
            account.private_key,
            algorithm=self.algorithm,
            headers={**self.headers, **headers, "alg": self.algorithm},
        )
