"""The API of the local identity provider takes its tokens, while they live."""

from datetime import timedelta

import pytest

from local.idp.identity_provider import IdentityProvider
from tests.support.local_requests import TokenRequest, get
from tests.unit.local.moments import NOW


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
def test_the_protected_resource_refuses_everything_else(authorization: str) -> None:
    with IdentityProvider() as idp:
        answer = get(idp.api("reports"), Authorization=authorization)

    assert (answer.status, answer.headers["WWW-Authenticate"][:6]) == (401, "Bearer"), answer
