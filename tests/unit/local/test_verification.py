"""The local identity provider issues a token for the documented request only."""

from collections.abc import Callable, Iterator

import pytest

from local.idp.identity_provider import IdentityProvider
from local.idp.service_account import ServiceAccount
from tests.support.local_requests import TokenRequest
from tests.unit.local.moments import NOW, seconds


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
