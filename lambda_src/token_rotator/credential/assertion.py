"""Signs client assertions. Every attempt gets a new one."""

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

    By default, the claims are those that Salesforce Help documents for Intelligence ("Generate a
    JSON Web Token (JWT)"): iss, sub, aud, iat, jti. A lifetime adds exp, which RFC 7523 section 3
    requires.
    """

    algorithm: Algorithm
    lifetime: timedelta | None = None
    backdate: timedelta = timedelta()
    """Subtracted from ``iat``, for a server whose clock is behind. ``exp`` is not changed."""
    key_id: str | None = None
    subject: str | None = None
    """None: the service account itself."""
    scope: str | None = None
    """The claim ``scope``, not the parameter of the token request."""
    claims: Mapping[str, ClaimValue] = field(default_factory=dict)
    """Additional claims. They never override the function's own."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Additional headers. They never override ``alg`` and ``kid``."""

    @classmethod
    def from_settings(cls, settings: Settings, **more: Any) -> Self:
        """Creates the signer from settings. ``more`` is for subclasses with more fields."""
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
        """Returns a new assertion with a unique jti, issued now or backdated."""
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
