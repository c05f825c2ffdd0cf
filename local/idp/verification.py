"""Verification of token requests against the documentation.

It follows Salesforce Help ``dato_getstarted_token_api_jwt``, RFC 6749 sections 3.2 and 5.2,
RFC 7523 section 3 and OpenID Connect Core section 9 (``private_key_jwt``), not the function's code,
and uses another JWT library than the function.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal
from urllib.parse import parse_qsl

from joserfc import jws, jwt
from joserfc.errors import JoseError

from local.idp.accounts import Accounts

CLIENT_CREDENTIALS: Final = "client_credentials"
JWT_BEARER_GRANT: Final = "urn:ietf:params:oauth:grant-type:jwt-bearer"
"""RFC 7523 section 2.1."""
ASSERTION_TYPE: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
DOCUMENTED: Final = {
    CLIENT_CREDENTIALS: ("grant_type", "client_id", "client_assertion", "client_assertion_type"),
    JWT_BEARER_GRANT: ("grant_type", "assertion"),
}
CLOCK_TOLERANCE: Final = timedelta(seconds=60)
LONGEST_LIFETIME: Final = timedelta(minutes=10)


class Refused(Exception):
    """The request is refused. The code is one of RFC 6749 section 5.2."""

    def __init__(self, code: str, description: str, *, status: int = 400) -> None:
        super().__init__(description)
        self.code = code
        self.status = status


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The documented rules of a kind of identity provider."""

    parameters_in: Literal["query", "form"]
    algorithms: tuple[str, ...]
    claims: frozenset[str]
    """The required claims. Others are refused, but for the optional ones."""
    optional_claims: frozenset[str] = frozenset()
    optional_parameters: frozenset[str] = frozenset()
    grant_type: str = CLIENT_CREDENTIALS
    subjects: frozenset[str] = frozenset()
    """The users who have approved every client. Empty: a client acts for itself only."""
    returns_lifetime: bool = True
    """Whether a token response has ``expires_in``."""


INTELLIGENCE: Final = Rules(
    parameters_in="query",
    algorithms=("RS256",),
    claims=frozenset({"iss", "sub", "aud", "iat", "jti"}),
)
RFC7523: Final = Rules(
    parameters_in="form",
    algorithms=("RS256", "RS384", "RS512", "PS256", "ES256"),
    claims=frozenset({"iss", "sub", "aud", "iat", "jti", "exp"}),
    optional_parameters=frozenset({"scope"}),
)
JWT_BEARER: Final = Rules(
    parameters_in="form",
    algorithms=RFC7523.algorithms,
    claims=RFC7523.claims,
    optional_claims=frozenset({"scope", "tenant"}),
    optional_parameters=frozenset({"scope"}),
    grant_type=JWT_BEARER_GRANT,
    subjects=frozenset({"integration@example.com"}),
    returns_lifetime=False,
)
"""As Salesforce documents its "OAuth 2.0 JWT Bearer Flow": the client is the assertion's issuer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """An authenticated client."""

    client_id: str
    key_fingerprint: str
    jti: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verifier:
    """Verifies token requests with the rules, the registered keys and the clock."""

    rules: Rules
    accounts: Accounts
    issuer: str
    now: Callable[[], datetime]

    def verify(self, method: str, query: str, form: str, content_type: str) -> Verified:
        """Returns the client. Raises Refused."""
        if method != "POST":
            raise Refused("invalid_request", "the token endpoint takes POST", status=405)
        parameters = self._parameters(query, form, content_type)
        if parameters["grant_type"] != self.rules.grant_type:
            raise Refused("unsupported_grant_type", f"grant_type must be {self.rules.grant_type}")
        if parameters.get("client_assertion_type", ASSERTION_TYPE) != ASSERTION_TYPE:
            raise Refused("invalid_request", f"client_assertion_type must be {ASSERTION_TYPE}")
        if self._is_grant:
            assertion = parameters["assertion"]
            client_id = self._issuer_of(assertion)
        else:
            client_id, assertion = parameters["client_id"], parameters["client_assertion"]
        key_fingerprint, claims = self._signed_claims(client_id, assertion)
        self._check(claims, client_id)
        return Verified(
            client_id=client_id, key_fingerprint=key_fingerprint, jti=str(claims["jti"])
        )

    @property
    def _is_grant(self) -> bool:
        return self.rules.grant_type == JWT_BEARER_GRANT

    def _refused(self, description: str) -> Refused:
        """RFC 7523 sections 3.1 and 3.2."""
        if self._is_grant:
            return Refused("invalid_grant", description)
        return Refused("invalid_client", description, status=401)

    def _issuer_of(self, assertion: str) -> str:
        """The issuer of an assertion that is not verified yet. Its keys verify it."""
        try:
            claims = json.loads(jws.extract_compact(assertion.encode()).payload)
            return str(claims["iss"])
        except (JoseError, ValueError, TypeError, KeyError):
            raise self._refused("the assertion is not a JWT with an issuer") from None

    def _parameters(self, query: str, form: str, content_type: str) -> Mapping[str, str]:
        sent, empty, elsewhere = (
            (query, form, "the request body")
            if self.rules.parameters_in == "query"
            else (form, query, "the query")
        )
        if empty:
            raise Refused("invalid_request", f"nothing is expected in {elsewhere}")
        if (
            self.rules.parameters_in == "form"
            and content_type != "application/x-www-form-urlencoded"
        ):
            raise Refused("invalid_request", "the body must be application/x-www-form-urlencoded")
        pairs = parse_qsl(sent, keep_blank_values=True)
        names = [name for name, _ in pairs]
        if len(set(names)) != len(names):
            raise Refused("invalid_request", "a parameter is sent more than once")
        documented = DOCUMENTED[self.rules.grant_type]
        if missing := [name for name in documented if not dict(pairs).get(name)]:
            raise Refused("invalid_request", f"missing: {', '.join(missing)}")
        if extra := sorted(set(names) - set(documented) - self.rules.optional_parameters):
            raise Refused("invalid_request", f"not documented: {', '.join(extra)}")
        return dict(pairs)

    def _signed_claims(self, client_id: str, assertion: str) -> tuple[str, Mapping[str, object]]:
        try:
            header = jws.extract_compact(assertion.encode()).headers()
        except (JoseError, ValueError):
            raise self._refused("the assertion is not a JWT") from None
        if header.get("alg") not in self.rules.algorithms:
            wanted = " or ".join(self.rules.algorithms)
            raise self._refused(f"the JWT's alg must be {wanted}")
        for key in self.accounts.accepted_keys(client_id):
            try:
                token = jwt.decode(assertion, key.public_key, [header["alg"]])
            except (JoseError, ValueError):
                continue
            return key.fingerprint, token.claims
        raise self._refused("no accepted key verifies the signature")

    def _check(self, claims: Mapping[str, object], client_id: str) -> None:
        now = self.now().timestamp()
        tolerance = CLOCK_TOLERANCE.total_seconds()
        problems: Sequence[tuple[bool, str]] = (
            (
                claims.keys() - self.rules.optional_claims != self.rules.claims,
                f"claims must be {sorted(self.rules.claims)}",
            ),
            (claims.get("iss") != client_id, "iss must be the client_id"),
            (
                claims.get("sub") not in {client_id, *self.rules.subjects},
                "sub must be the client_id" + " or a user who has approved it" * self._is_grant,
            ),
            (claims.get("aud") != self.issuer, f"aud must be {self.issuer}"),
            (not _near(claims.get("iat"), now, tolerance), "iat must be an integer close to now"),
            (not _is_jti(claims.get("jti")), "jti must be a UUID without hyphens"),
            (
                "exp" in self.rules.claims
                and not _between(claims.get("exp"), now, now + LONGEST_LIFETIME.total_seconds()),
                "exp must be an integer in the next ten minutes",
            ),
        )
        for wrong, description in problems:
            if wrong:
                raise self._refused(description)


def _near(value: object, now: float, tolerance: float) -> bool:
    return _between(value, now - tolerance, now + tolerance)


def _between(value: object, low: float, high: float) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def _is_jti(value: object) -> bool:
    return isinstance(value, str) and re.fullmatch("[0-9a-f]{32}", value) is not None
