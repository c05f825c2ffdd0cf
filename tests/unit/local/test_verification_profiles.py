"""The local identity provider verifies requests of the other profiles, too."""

from collections.abc import Iterator

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from local.idp.identity_provider import IdentityProvider
from local.idp.service_account import ServiceAccount
from local.idp.verification import JWT_BEARER, JWT_BEARER_GRANT, RFC7523
from tests.support.local_requests import TokenRequest
from tests.unit.local.moments import NOW, seconds


class TestRfc7523:
    """The second profile: ``exp`` is required, and the parameters are in the body."""

    @pytest.fixture
    def idp(self) -> Iterator[IdentityProvider]:
        with IdentityProvider(rules=RFC7523, now=lambda: NOW) as running:
            yield running

    @pytest.fixture
    def documented(self, idp: IdentityProvider, account: ServiceAccount) -> TokenRequest:
        request = TokenRequest.documented(idp, account, at=NOW).changed(exp=seconds(60))
        request.style = "form"
        return request

    def test_the_documented_request_gets_a_token(self, documented: TokenRequest) -> None:
        documented.parameters = {"scope": "reports"}

        assert documented.send().status == 200

    @pytest.mark.parametrize(
        "exp", [None, seconds(-1), seconds(601), "soon"], ids=["none", "past", "late", "no number"]
    )
    def test_exp_must_be_near(self, documented: TokenRequest, exp: object) -> None:
        assert documented.changed(exp=exp).send().status == 401

    def test_parameters_in_the_query_are_refused(self, documented: TokenRequest) -> None:
        documented.style = "query"

        assert documented.send().status == 400

    @pytest.mark.parametrize("algorithm", ["RS384", "RS512", "PS256"])
    def test_other_rsa_algorithms_are_accepted(
        self, documented: TokenRequest, algorithm: str
    ) -> None:
        documented.algorithm = algorithm

        assert documented.send().status == 200

    def test_es256_is_accepted(self, idp: IdentityProvider, documented: TokenRequest) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        idp.register(documented.client_id, public_pem(key.public_key()))
        documented.algorithm = "ES256"
        documented.signing_key = private_pem(key)

        assert documented.send().status == 200


def public_pem(key: ec.EllipticCurvePublicKey) -> str:
    return key.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    ).decode()


def private_pem(key: ec.EllipticCurvePrivateKey) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


class TestJwtBearer:
    """The third profile: the assertion is the grant, for a user who approved the client."""

    @pytest.fixture
    def idp(self) -> Iterator[IdentityProvider]:
        with IdentityProvider(rules=JWT_BEARER, now=lambda: NOW) as running:
            yield running

    @pytest.fixture
    def documented(self, idp: IdentityProvider, account: ServiceAccount) -> TokenRequest:
        documented = TokenRequest.documented(idp, account, at=NOW)
        documented.style = "form"
        documented.claims |= {"exp": seconds(60), "sub": "integration@example.com"}
        documented.parameters = {
            "grant_type": JWT_BEARER_GRANT,
            "assertion": documented.assertion(),
            "client_id": None,
            "client_assertion": None,
            "client_assertion_type": None,
        }
        return documented

    def test_the_grant_gets_a_token_without_a_lifetime(self, documented: TokenRequest) -> None:
        answer = documented.send()

        assert answer.status == 200
        assert answer.content.keys() == {"access_token"}

    @pytest.mark.parametrize(
        "claims",
        [
            {"sub": "somebody-else@example.com"},
            {"sub": None},
            {"iss": "somebody-else"},
            {"iss": None},
            {"aud": "https://elsewhere.example"},
            {"exp": seconds(-1)},
            {"exp": None},
            {"roles": "admin"},
        ],
    )
    def test_any_other_grant_is_refused(
        self, documented: TokenRequest, claims: dict[str, object]
    ) -> None:
        documented.parameters["assertion"] = documented.changed(**claims).assertion()

        answer = documented.send()

        assert (answer.status, answer.content["error"]) == (400, "invalid_grant")

    @pytest.mark.parametrize("assertion", ["abc", "a.b.c", "e30.W10.AA"])
    def test_what_is_no_assertion_is_refused(
        self, documented: TokenRequest, assertion: str
    ) -> None:
        documented.parameters["assertion"] = assertion

        answer = documented.send()

        assert (answer.status, answer.content["error"]) == (400, "invalid_grant")

    def test_a_client_assertion_is_no_grant(self, documented: TokenRequest) -> None:
        documented.parameters = {}

        assert documented.send().content["error"] == "invalid_request"
