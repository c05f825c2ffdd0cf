"""The profile jwt-bearer: the assertion is the grant (RFC 7523 section 2.1)."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import urllib3

from fakes.environment import function_environment
from local.idp.identity_provider import IdentityProvider
from local.idp.request_log import REDACTED
from local.idp.service_account import ServiceAccount
from local.idp.verification import JWT_BEARER, JWT_BEARER_GRANT
from tests.support.application import NAME, Deployed
from tests.support.exposure import Exposure
from token_rotator.errors import TokenRequestRefused
from token_rotator.parameter.record import Record

USER = "integration@example.com"


@pytest.fixture(scope="module")
def idp() -> Iterator[IdentityProvider]:
    with IdentityProvider(rules=JWT_BEARER) as running:
        yield running


def configure(deployed: Deployed, **provider: Any) -> None:
    """A cold start with these settings of ``[rotators.NAME.identity_provider]``."""
    deployed.settings = function_environment(
        secret_arn=deployed.secret,
        parameter_name=NAME,
        key_arn=deployed.key,
        token_lifetime_seconds=7200,
        identity_provider={"profile": "jwt-bearer", **provider},
    )
    deployed.restart()


def test_a_rotation_publishes_a_token_of_the_user(deployed: Deployed, account: ServiceAccount):
    configure(deployed, subject=USER)

    assert deployed.rotate()["outcome"] == "published"

    record = Record.from_json(deployed.value)
    answer = urllib3.request(
        "GET",
        deployed.idp.api("reports"),
        headers={"Authorization": f"{record.token_type} {record.access_token}"},
    )
    assert answer.status == 200
    request = deployed.idp.token_requests[-1]
    assert request.form == {"grant_type": (JWT_BEARER_GRANT,), "assertion": (REDACTED,)}
    assert request.query == {}
    assert request.assertion_header == {"alg": "RS256", "typ": "JWT"}
    assert request.claims.keys() == {"iss", "sub", "aud", "iat", "exp", "jti"}
    assert (request.claims["iss"], request.claims["sub"]) == (account.client_id, USER)
    assert request.claims["aud"] == deployed.idp.issuer


def test_a_lifetime_that_the_answer_does_not_say_is_the_configured_one(deployed: Deployed):
    configure(deployed, subject=USER)

    deployed.rotate()

    record = Record.from_json(deployed.value)
    assert record.expires_at - record.issued_at == timedelta(seconds=7200)


@pytest.mark.parametrize(
    ("provider", "in_form", "in_claims"),
    [
        ({"scope": "api read"}, ("api read",), None),
        ({"scope": "api read", "scope_in": "parameter"}, ("api read",), None),
        ({"scope": "api read", "scope_in": "claim"}, None, "api read"),
    ],
)
def test_the_scope_is_asked_for_in_one_place(
    deployed: Deployed,
    provider: dict[str, str],
    in_form: tuple[str] | None,
    in_claims: str | None,
):
    configure(deployed, **provider)

    deployed.rotate()

    request = deployed.idp.token_requests[-1]
    assert request.form.get("scope") == in_form
    assert request.claims.get("scope") == in_claims


def test_further_claims_headers_and_the_key_id_arrive(deployed: Deployed):
    configure(
        deployed,
        algorithm="PS256",
        key_id="key-7",
        claims={"tenant": "acme"},
        headers={"x5t#S256": "A1bC2dE3", "typ": "authorization-grant+jwt"},
    )

    deployed.rotate()

    request = deployed.idp.token_requests[-1]
    assert request.claims["tenant"] == "acme"
    assert request.assertion_header == {
        "alg": "PS256",
        "typ": "authorization-grant+jwt",
        "kid": "key-7",
        "x5t#S256": "A1bC2dE3",
    }


@pytest.mark.parametrize(
    "provider", [{"subject": "somebody-else@example.com"}, {"audience": "https://a.example"}]
)
def test_a_refused_grant_says_whom_to_approve_and_is_not_repeated(
    deployed: Deployed, provider: dict[str, str]
):
    configure(deployed, **provider)
    asked = len(deployed.idp.token_requests)

    with pytest.raises(TokenRequestRefused) as caught:
        deployed.rotate()

    said = str(caught.value)
    assert "(status 400, invalid_grant)" in said
    assert said.index("set subject") < said.index("set audience") < said.index("register it")
    assert len(deployed.idp.token_requests) == asked + 1


def test_a_key_that_is_not_registered_ends_in_the_previous_one(
    deployed: Deployed, account: ServiceAccount
):
    configure(deployed, subject=USER)
    deployed.store(
        ServiceAccount.generate(
            discovery_endpoint=deployed.idp.discovery_endpoint, client_id=account.client_id
        ).as_downloaded()
    )

    assert deployed.rotate()["outcome"] == "published"
    assert [request.key is None for request in deployed.idp.token_requests[-2:]] == [True, False]


@pytest.mark.parametrize("subject", [USER, "somebody-else@example.com"])
def test_no_key_assertion_or_token_gets_out(
    *,
    exposure: Exposure,  # first: the function silences libraries when it is built
    deployed: Deployed,
    account: ServiceAccount,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
    subject: str,
):
    exposure.secrets.add_key(account.private_key_pem)
    configure(
        deployed,
        subject=subject,
        claims={"tenant": "acme"},
        headers={"x5t#S256": "A1bC2dE3", "typ": "authorization-grant+jwt"},
    )

    exposure.of(deployed.rotate, capfd, caplog)

    assert "stdout" in exposure.places
    assert exposure.leaks == set()
