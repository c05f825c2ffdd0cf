"""The client assertion holds the documented claims, and nothing else.

It is verified with joserfc, not with the library that signed it.
"""

import re
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from joserfc import jws, jwt
from joserfc.jwk import ECKey, RSAKey

from fakes.clock import NOON
from fakes.keys import ec_key, rsa_key
from token_rotator.contract import Algorithm
from token_rotator.credential.assertion import AssertionSigner
from token_rotator.credential.service_account import ServiceAccount
from token_rotator.settings import ClaimValue

AUDIENCE = "https://idp.intelligence.salesforce.com"


def account(algorithm: Algorithm = Algorithm.RS256) -> ServiceAccount:
    return ServiceAccount(
        service_account_id="account-1",
        private_key=ec_key() if algorithm is Algorithm.ES256 else rsa_key(),
        discovery_endpoint=None,
    )


def verified(assertion: str, signed_by: ServiceAccount, algorithm: Algorithm) -> jwt.Token:
    key = signed_by.private_key.public_key()
    public_key = RSAKey.import_key(key) if isinstance(key, RSAPublicKey) else ECKey.import_key(key)
    registry = jws.JWSRegistry(algorithms=list(Algorithm))
    return jwt.decode(assertion, public_key, algorithms=[algorithm], registry=registry)


def test_the_intelligence_profile_claims_exactly_what_salesforce_documents():
    signer = AssertionSigner(algorithm=Algorithm.RS256)

    token = verified(
        signer.sign(account(), audience=AUDIENCE, now=NOON), account(), signer.algorithm
    )

    assert token.header == {"alg": "RS256", "typ": "JWT"}
    assert token.claims.keys() == {"iss", "sub", "aud", "iat", "jti"}
    assert token.claims["iss"] == token.claims["sub"] == "account-1"
    assert token.claims["aud"] == AUDIENCE
    assert token.claims["iat"] == int(NOON.timestamp())
    assert isinstance(token.claims["iat"], int)
    assert re.fullmatch("[0-9a-f]{32}", token.claims["jti"])


def test_a_lifetime_adds_exp():
    signer = AssertionSigner(algorithm=Algorithm.RS256, lifetime=timedelta(seconds=60))

    token = verified(
        signer.sign(account(), audience=AUDIENCE, now=NOON), account(), signer.algorithm
    )

    assert token.claims["exp"] - token.claims["iat"] == 60


@pytest.mark.parametrize("backdate", [0, 1, 45, 60])
def test_backdating_moves_iat_and_nothing_else(backdate: int):
    signer = AssertionSigner(
        algorithm=Algorithm.RS256,
        lifetime=timedelta(seconds=10),
        backdate=timedelta(seconds=backdate),
    )

    token = verified(
        signer.sign(account(), audience=AUDIENCE, now=NOON), account(), signer.algorithm
    )

    assert token.claims["iat"] == int(NOON.timestamp()) - backdate
    assert token.claims["exp"] == int(NOON.timestamp()) + 10, "it is not dead on arrival"


def test_no_two_assertions_share_a_jti():
    signer = AssertionSigner(algorithm=Algorithm.RS256)

    signed = [signer.sign(account(), audience=AUDIENCE, now=NOON) for _ in range(20)]

    jtis = {verified(each, account(), signer.algorithm).claims["jti"] for each in signed}
    assert len(jtis) == 20


def test_a_key_id_goes_into_the_header():
    signer = AssertionSigner(algorithm=Algorithm.RS256, key_id="key-7")

    token = verified(
        signer.sign(account(), audience=AUDIENCE, now=NOON), account(), signer.algorithm
    )

    assert token.header["kid"] == "key-7"


@pytest.mark.parametrize("algorithm", list(Algorithm))
def test_every_algorithm_signs_what_another_library_verifies(algorithm: Algorithm):
    signer = AssertionSigner(algorithm=algorithm)

    token = verified(
        signer.sign(account(algorithm), audience=AUDIENCE, now=NOON), account(algorithm), algorithm
    )

    assert token.header["alg"] == algorithm


@pytest.mark.parametrize("subject", [None, "integration@example.com"])
def test_the_subject_is_the_account_itself_unless_another_is_named(subject: str | None):
    signer = AssertionSigner(algorithm=Algorithm.RS256, subject=subject)

    claims = verified(
        signer.sign(account(), audience=AUDIENCE, now=NOON), account(), signer.algorithm
    ).claims

    assert claims["iss"] == "account-1"
    assert claims["sub"] == (subject or "account-1")


def test_further_claims_keep_their_types():
    further: dict[str, ClaimValue] = {"tenant": "acme", "level": 3, "strict": True, "zero": 0}
    signer = AssertionSigner(algorithm=Algorithm.RS256, claims=further)

    claims = verified(
        signer.sign(account(), audience=AUDIENCE, now=NOON), account(), signer.algorithm
    ).claims

    assert {name: claims[name] for name in further} == further
    assert [type(claims[name]) for name in further] == [str, int, bool, int]
    assert claims.keys() - further.keys() == {"iss", "sub", "aud", "iat", "jti"}


def test_further_headers_stand_beside_the_own_ones():
    signer = AssertionSigner(
        algorithm=Algorithm.PS256,
        key_id="key-7",
        headers={"typ": "client-authentication+jwt", "x5t#S256": "A1bC2dE3"},
    )

    header = verified(
        signer.sign(account(), audience=AUDIENCE, now=NOON), account(), signer.algorithm
    ).header

    assert header == {
        "alg": "PS256",
        "typ": "client-authentication+jwt",
        "kid": "key-7",
        "x5t#S256": "A1bC2dE3",
    }


def test_no_further_claim_or_header_takes_the_place_of_an_own_one():
    own = ("iss", "sub", "aud", "iat", "jti", "exp", "scope")
    signer = AssertionSigner(
        algorithm=Algorithm.RS256,
        lifetime=timedelta(seconds=60),
        key_id="key-7",
        scope="read",
        claims=dict.fromkeys(own, "forged"),
        headers={"alg": "RS512", "kid": "forged"},
    )

    token = verified(
        signer.sign(account(), audience=AUDIENCE, now=NOON), account(), Algorithm.RS256
    )

    assert "forged" not in [*token.claims.values(), *token.header.values()]
    assert token.header["alg"] == "RS256"
