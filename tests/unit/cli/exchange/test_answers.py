"""Whatever the identity provider answers: the function's own error, and the clocks."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from fakes.keys import pem, rsa_key
from local.idp import faults
from local.idp.faults import Endpoint, Fault
from local.idp.identity_provider import IdentityProvider
from local.idp.service_account import ServiceAccount
from tests.support.canned_server import answer
from tests.unit.cli.exchange.trying import GRANTED, Tried, changed, provider

CLIENTS: dict[str, Callable[[ServiceAccount], str]] = {
    "another client's key": lambda account: changed(account, privateKey=pem(rsa_key())),
    "an unknown client": lambda account: changed(account, serviceAccountId="nobody"),
}


@pytest.mark.parametrize("make", CLIENTS.values(), ids=CLIENTS)
def test_what_the_provider_refuses_is_refused_with_the_functions_advice(
    downloaded: Path,
    account: ServiceAccount,
    tried: Tried,
    make: Callable[[ServiceAccount], str],
):
    code, out, err = tried(make(account))

    assert code == 1
    assert "exchange" in out
    assert "answered: status 401" in out
    assert "The request used this machine's clock and network" in err
    assert (
        "TokenRequestRefused: The token endpoint refused the request (status 401, invalid_client): "
        "it does not know this client or its key, or does not accept the assertion. Most likely "
        "first: the key was replaced or has expired: press Generate/Refresh"
    ) in err


ANSWERS: dict[str, tuple[Endpoint, Fault, str]] = {
    "a firewall": (
        Endpoint.TOKEN,
        faults.status(403, body=b"<html>Forbidden</html>"),
        "AnsweredByAnother: The token endpoint did not respond like Intelligence (status 403, ",
    ),
    "a login page": (
        Endpoint.DISCOVERY,
        faults.answers_bytes(b"<html>Log in</html>", content_type="text/html"),
        "The discovery endpoint did not respond like Intelligence (status 200, text/html, not ",
    ),
    "an outage": (
        Endpoint.TOKEN,
        faults.status(503),
        "IdentityProviderDown: The token endpoint is unavailable (status 503, an empty body)",
    ),
    "an answer that breaks off": (
        Endpoint.TOKEN,
        faults.RESET,
        "IdentityProviderDown: The token endpoint could not be reached, or the connection was lost",
    ),
    "a redirect": (
        Endpoint.DISCOVERY,
        faults.redirect("https://elsewhere.example/"),
        "IdentityProviderUntrusted: The discovery endpoint returned a redirect",
    ),
    "a token too long for the parameter": (
        Endpoint.TOKEN,
        faults.answers_json({"access_token": "x" * 9000, "expires_in": 300}),
        "PublicationError: The access token is too long",
    ),
}


@pytest.mark.parametrize("case", ANSWERS.values(), ids=ANSWERS)
def test_who_answered_decides(
    idp: IdentityProvider, downloaded: Path, tried: Tried, case: tuple[Endpoint, Fault, str]
):
    endpoint, fault, text = case
    idp.fail(endpoint, fault)
    before = len(idp.token_requests)

    code, _, err = tried(downloaded.read_text())

    assert code == 1
    assert text in err
    assert len(idp.token_requests) - before == (endpoint is Endpoint.TOKEN), "it is not repeated"


def test_clocks_that_differ_come_first(account: ServiceAccount, tried: Tried):
    late = format_datetime(datetime.now(UTC) - timedelta(seconds=75), usegmt=True)
    refusal = answer(401, b'{"error": "invalid_client"}', f"Date: {late}")
    with provider(refusal) as server:
        code, _, err = tried(changed(account, discoveryEndpoint=f"{server.url}/discovery"))

    assert code == 1
    behind = re.search(r"The provider's clock is (\d+) s behind the function's", err)
    assert behind
    assert int(behind[1]) in range(74, 135), "a busy machine sends the request later"
    assert "First have the wrong clock corrected." in err
    assert "read this machine" in err


def test_clocks_that_differ_are_told_where_the_provider_does_not_mind(
    account: ServiceAccount, tried: Tried
):
    early = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
    with provider(answer(200, GRANTED, f"Date: {early}")) as server:
        code, out, _ = tried(changed(account, discoveryEndpoint=f"{server.url}/discovery"))

    assert code == 0
    assert " s ahead of this machine's; the function's is AWS's" in out


def test_what_the_provider_says_cannot_control_a_terminal(account: ServiceAccount, tried: Tried):
    with provider(answer(200, GRANTED), issuer="\x1b]0;owned\x07") as server:
        code, out, _ = tried(changed(account, discoveryEndpoint=f"{server.url}/discovery"))

    assert code == 0
    assert "aud ?]0;owned?, " in out
    assert "\x1b" not in out


def test_the_query_of_an_address_is_sent_and_not_shown(
    idp: IdentityProvider, downloaded: Path, account: ServiceAccount, tried: Tried
):
    endpoint = f"{account.discovery_endpoint}?code=sentinel"

    code, out, _ = tried(changed(account, discoveryEndpoint=endpoint))

    assert code == 0
    assert idp.requests[-2].query["code"] == ("sentinel",)
    assert "sentinel" not in out


def test_with_json_a_failure_is_a_document_too(
    idp: IdentityProvider, downloaded: Path, tried: Tried
):
    idp.fail(Endpoint.TOKEN, faults.status(503))

    code, out, err = tried(downloaded.read_text(), "--json")

    document = json.loads(out)
    assert code == 1
    assert (document["ok"], document["error"]) == (False, "IdentityProviderDown")
    assert document["message"] in err


def test_with_print_token_stdout_is_empty_where_there_is_no_token(
    idp: IdentityProvider, downloaded: Path, tried: Tried
):
    idp.fail(Endpoint.TOKEN, faults.status(503))

    code, out, err = tried(downloaded.read_text(), "--print-token")

    assert (code, out) == (1, "")
    assert "IdentityProviderDown" in err
