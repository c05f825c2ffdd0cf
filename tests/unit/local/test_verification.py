"""The local identity provider issues a token for the documented request only."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from local.idp.identity_provider import IdentityProvider
from local.idp.service_account import ServiceAccount
from local.idp.verification import JWT_BEARER, JWT_BEARER_GRANT, RFC7523
from tests.support.local_requests import TokenRequest, get

NOW = datetime.now(UTC).replace(microsecond=0)


def seconds(offset: float) -> int:
    return int(NOW.timestamp() + offset)


@pytest.fixture
def idp() -> Iterator[IdentityProvider]:
    """An identity provider whose clock does not move."""
    with IdentityProvider(now=lambda: NOW) as running:
        yield running


@pytest.fixture
def documented(idp: IdentityProvider, account: ServiceAccount) -> TokenRequest:
    return TokenRequest.documented(idp, account, at=NOW)


def test_the_documented_request_gets_a_token_and_its_lifetime(documented: TokenRequest) -> None:
    answer = documented.send()

    assert answer.status == 200
    assert answer.content.keys() == {"access_token", "expires_in"}
    assert answer.content["expires_in"] == 300


def test_a_jti_is_accepted_once(documented: TokenRequest) -> None:
    first, second = documented.send(), documented.send()

    assert (first.status, second.status) == (200, 401)
    assert second.content["error_description"] == "this jti was used before"


def test_a_refused_assertion_does_not_use_up_its_jti(
    idp: IdentityProvider, account: ServiceAccount, documented: TokenRequest
) -> None:
    idp.reject(account)
    refused = documented.send()
    idp.accept(account)

    assert (refused.status, documented.send().status) == (401, 200)


@pytest.mark.parametrize(
    ("claims", "complaint"),
    [
        ({"iss": "somebody-else"}, "iss must be"),
        ({"sub": "somebody-else"}, "sub must be"),
        ({"aud": "https://elsewhere.example"}, "aud must be"),
        ({"aud": ["https://elsewhere.example"]}, "aud must be"),
        ({"iat": seconds(-61)}, "iat must be"),
        ({"iat": seconds(61)}, "iat must be"),
        ({"iat": NOW.timestamp() + 0.5}, "iat must be"),
        ({"jti": "11111111-2222-3333-4444-555555555555"}, "jti must be"),
        ({"jti": "A" * 32}, "jti must be"),
        ({"exp": seconds(60)}, "claims must be"),
        ({"nbf": seconds(0)}, "claims must be"),
        ({"iss": None}, "claims must be"),
        ({"sub": None}, "claims must be"),
        ({"aud": None}, "claims must be"),
        ({"iat": None}, "claims must be"),
        ({"jti": None}, "claims must be"),
    ],
)
def test_any_other_claim_is_refused(
    documented: TokenRequest, claims: dict[str, object], complaint: str
) -> None:
    answer = documented.changed(**claims).send()

    assert (answer.status, answer.content["error"]) == (401, "invalid_client")
    assert complaint in answer.content["error_description"]


@pytest.mark.parametrize("offset", [-60, 60])
def test_a_clock_difference_of_a_minute_is_tolerated(documented: TokenRequest, offset: int) -> None:
    assert documented.changed(iat=seconds(offset)).send().status == 200


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": None}, "invalid_request"),
        ({"client_id": None}, "invalid_request"),
        ({"client_assertion": None}, "invalid_request"),
        ({"client_assertion": ""}, "invalid_request"),
        ({"client_assertion_type": None}, "invalid_request"),
        ({"client_assertion_type": "urn:ietf:params:oauth:grant-type:jwt"}, "invalid_request"),
        ({"scope": "everything"}, "invalid_request"),
        ({"client_assertion": "no.jwt.at-all"}, "invalid_client"),
        ({"client_id": "a-stranger"}, "invalid_client"),
    ],
)
def test_any_other_parameter_is_refused(
    documented: TokenRequest, parameters: dict[str, str | None], code: str
) -> None:
    documented.parameters = parameters

    answer = documented.send()

    assert answer.status == (401 if code == "invalid_client" else 400)
    assert answer.content["error"] == code


def with_another_key(request: TokenRequest) -> None:
    stranger = ServiceAccount.generate(discovery_endpoint="http://127.0.0.1/")
    request.signing_key = stranger.private_key_pem


def with_another_algorithm(request: TokenRequest) -> None:
    request.algorithm = "RS512"


def without_a_signature(request: TokenRequest) -> None:
    request.algorithm, request.signing_key = "none", ""


@pytest.mark.parametrize("change", [with_another_key, with_another_algorithm, without_a_signature])
def test_any_other_signature_is_refused(
    documented: TokenRequest, change: Callable[[TokenRequest], None]
) -> None:
    change(documented)

    answer = documented.send()

    assert (answer.status, answer.content["error"]) == (401, "invalid_client")


def test_changed_claims_under_an_old_signature_are_refused(
    idp: IdentityProvider, account: ServiceAccount, documented: TokenRequest
) -> None:
    other = TokenRequest.documented(idp, account, at=NOW).assertion().split(".")
    header, _, signature = documented.assertion().split(".")
    documented.parameters = {"client_assertion": ".".join((header, other[1], signature))}

    assert documented.send().status == 401


def test_parameters_in_the_body_are_refused_by_intelligence(documented: TokenRequest) -> None:
    documented.style = "form"

    answer = documented.send()

    assert (answer.status, answer.content["error"]) == (400, "invalid_request")


def test_a_parameter_that_is_sent_twice_is_refused(documented: TokenRequest) -> None:
    documented.also_in_query = "&grant_type=client_credentials"

    assert documented.send().status == 400


def test_a_body_beside_the_query_is_refused(documented: TokenRequest) -> None:
    documented.also_in_body = "grant_type=client_credentials"

    assert documented.send().status == 400


def test_get_is_not_allowed(documented: TokenRequest) -> None:
    documented.method = "GET"

    answer = documented.send()

    assert (answer.status, answer.headers["Allow"]) == (405, "POST")


def test_a_client_has_several_keys_and_any_of_them_can_be_rejected(
    idp: IdentityProvider, account: ServiceAccount
) -> None:
    newer = idp.new_service_account(client_id=account.client_id)
    idp.reject(newer)

    statuses = [TokenRequest.documented(idp, one, at=NOW).send().status for one in (account, newer)]

    assert statuses == [200, 401]
    assert [request.key for request in idp.token_requests] == [account.key_fingerprint, None]


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


def test_the_protected_resource_accepts_a_token_for_300_seconds() -> None:
    clock = [NOW]
    with IdentityProvider(now=lambda: clock[0]) as idp:
        request = TokenRequest.documented(idp, idp.new_service_account(), at=NOW)
        token = request.send().content["access_token"]

        clock[0] = NOW + timedelta(seconds=299)
        accepted = get(idp.api("reports"), Authorization=f"Bearer {token}")
        clock[0] = NOW + timedelta(seconds=300)
        refused = get(idp.api("reports"), Authorization=f"Bearer {token}")

    assert accepted.status == 200
    assert accepted.content == {"resource": "reports", "client_id": request.client_id}
    assert (refused.status, "expired" in refused.headers["WWW-Authenticate"]) == (401, True)


@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer made-up", "Basic dTpw"])
def test_the_protected_resource_refuses_everything_else(
    idp: IdentityProvider, authorization: str
) -> None:
    answer = get(idp.api("reports"), Authorization=authorization)

    assert (answer.status, answer.headers["WWW-Authenticate"][:6]) == (401, "Bearer"), answer


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
    def documented(self, documented: TokenRequest) -> TokenRequest:
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
