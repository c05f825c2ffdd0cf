"""Wrong files, keys, networks and clocks: each gives the function's own error."""

import json
import socket
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from fakes.certificates import unknown_to_the_system
from fakes.keys import pem, rsa_key
from local.idp import faults
from local.idp.faults import Endpoint, Fault
from local.idp.identity_provider import IdentityProvider
from local.idp.service_account import ServiceAccount
from tests.support.canned_server import CannedServer, answer
from token_rotator.contract import PLACEHOLDER_FIELD

Tried = Callable[..., tuple[int, str, str]]


def changed(account: ServiceAccount, **fields: str) -> str:
    return json.dumps(json.loads(account.as_downloaded()) | fields)


FILES: dict[str, tuple[Callable[[ServiceAccount], str], str]] = {
    "the placeholder of a new secret": (
        lambda account: json.dumps({PLACEHOLDER_FIELD: "x"}),
        "NoServiceAccountYet: The file cannot be used. Nobody has stored a service account yet.",
    ),
    "a truncated key": (
        lambda account: changed(account, privateKey=account.private_key_pem[:700]),
        "CredentialError: The file cannot be used. The privateKey has no end: it is truncated.",
    ),
    "no JSON": (
        lambda account: "{" + account.as_downloaded()[30:],
        "CredentialError: The file cannot be used. It begins like JSON but is none",
    ),
    "another file": (
        lambda account: "Dear customer,",
        "CredentialError: The file cannot be used. It holds no service account, only some other",
    ),
    "more than a secret holds": (
        lambda account: changed(account, note="x" * 70_000),
        "CredentialError: The file cannot be used. It is larger than 64 KiB",
    ),
}


@pytest.mark.parametrize("case", FILES.values(), ids=FILES)
def test_a_file_that_the_function_could_not_use_is_refused_before_anything_is_sent(
    idp: IdentityProvider,
    account: ServiceAccount,
    tried: Tried,
    case: tuple[Callable[[ServiceAccount], str], str],
):
    make, text = case
    before = len(idp.requests)

    code, out, err = tried(make(account))

    assert code == 1
    assert err.startswith(text)
    assert out.split()[0] == "file"
    assert out.endswith("cannot be used\n")
    assert len(idp.requests) == before


@pytest.mark.parametrize("name", ["nowhere.txt", "."])
def test_a_file_that_cannot_be_read_is_named(
    tried: Tried, name: str, capsys: pytest.CaptureFixture[str]
):
    from token_rotator_cli.__main__ import main  # noqa: PLC0415

    assert main(["try", name, "--json"]) == 1

    captured = capsys.readouterr()
    assert f"CredentialError: The file {name} cannot be read: " in captured.err
    assert json.loads(captured.out)["error"] == "CredentialError"


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
    assert "This was one request, with this machine's clock and network" in err
    assert (
        "TokenRequestRefused: The token endpoint refused the request (status 401, invalid_client): "
        "it does not know this client or its key, or does not accept the assertion. Most likely "
        "first: the key was replaced or has expired: press Generate/Refresh"
    ) in err


ANSWERS: dict[str, tuple[Endpoint, Fault, str]] = {
    "a firewall": (
        Endpoint.TOKEN,
        faults.status(403, body=b"<html>Forbidden</html>"),
        "AnsweredByAnother: The token endpoint did not answer as Intelligence does (status 403, ",
    ),
    "a login page": (
        Endpoint.DISCOVERY,
        faults.answers_bytes(b"<html>Log in</html>", content_type="text/html"),
        "The discovery endpoint did not answer as Intelligence does (status 200, text/html, no ",
    ),
    "an outage": (
        Endpoint.TOKEN,
        faults.status(503),
        "IdentityProviderDown: The token endpoint could not answer (status 503, an empty body)",
    ),
    "an answer that breaks off": (
        Endpoint.TOKEN,
        faults.RESET,
        "IdentityProviderDown: The token endpoint could not be reached or broke off",
    ),
    "a redirect": (
        Endpoint.DISCOVERY,
        faults.redirect("https://elsewhere.example/"),
        "IdentityProviderUntrusted: The discovery endpoint answered with a redirect",
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


def test_a_closed_port_is_named(account: ServiceAccount, tried: Tried):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    endpoint = f"http://127.0.0.1:{port}/discovery"

    code, out, err = tried(changed(account, discoveryEndpoint=endpoint))

    assert code == 1
    assert out.splitlines()[-1].startswith("discovery ")
    assert out.endswith(" failed\n")
    assert (
        "IdentityProviderDown: The discovery endpoint could not be reached or broke off "
        "(ConnectionRefusedError: Connection refused)."
    ) in err


def test_a_name_that_does_not_exist_is_named(account: ServiceAccount, tried: Tried):
    code, _, err = tried(changed(account, discoveryEndpoint="https://idp.invalid/discovery"))

    assert code == 1
    assert "IdentityProviderDown: The discovery endpoint could not be reached" in err
    assert "gaierror" in err


def test_a_certificate_that_this_machine_does_not_trust_is_named(
    account: ServiceAccount, tried: Tried, tmp_path: Path
):
    context, _ = unknown_to_the_system(tmp_path)
    with CannedServer(answer(), tls=context) as server:
        code, _, err = tried(changed(account, discoveryEndpoint=server.url))

    assert code == 1
    assert "IdentityProviderUntrusted: The discovery endpoint's certificate was not accepted" in err


@pytest.mark.parametrize(
    ("host", "kind", "fix"),
    [
        ("10.0.0.1", "private", "set allow_private_addresses = true"),
        ("169.254.169.254", "reserved", "No setting admits it"),
    ],
)
def test_an_address_that_the_function_refuses_is_refused(
    account: ServiceAccount, tried: Tried, host: str, kind: str, fix: str
):
    code, _, err = tried(changed(account, discoveryEndpoint=f"https://{host}/discovery"))

    assert code == 1
    assert (
        f"IdentityProviderUntrusted: The discovery endpoint's host leads to {host}, a {kind}" in err
    )
    assert fix in err


def test_a_public_name_that_leads_to_loopback_is_refused(
    account: ServiceAccount, tried: Tried, machine: pytest.MonkeyPatch
):
    """As a DNS filter or a proxy that intercepts answers it."""
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 443))]
    machine.setattr(socket, "getaddrinfo", lambda *_: found)

    code, _, err = tried(changed(account, discoveryEndpoint="https://idp.example/discovery"))

    assert code == 1
    assert "leads to 127.0.0.1, a loopback address: nothing was sent there" in err


def test_clocks_that_differ_come_first(account: ServiceAccount, tried: Tried):
    late = format_datetime(datetime.now(UTC) - timedelta(seconds=75), usegmt=True)
    refusal = answer(401, b'{"error": "invalid_client"}', f"Date: {late}")
    with CannedServer() as server:
        document = {"token_endpoint": f"{server.url}/token", "issuer": server.url}
        server._behaviours = (  # noqa: SLF001 - it has to know its own address
            answer(200, json.dumps(document).encode()),
            refusal,
        )
        code, _, err = tried(changed(account, discoveryEndpoint=f"{server.url}/discovery"))

    assert code == 1
    assert "The provider's clock is 75 s behind the function's" in err or "74 s behind" in err
    assert "First have the wrong clock set right." in err
    assert "it is this machine" in err


def test_clocks_that_differ_are_told_where_the_provider_does_not_mind(
    account: ServiceAccount, tried: Tried
):
    early = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
    granted = json.dumps({"access_token": "abc", "expires_in": 300}).encode()
    with CannedServer() as server:
        document = json.dumps({"token_endpoint": f"{server.url}/token"}).encode()
        server._behaviours = (answer(200, document), answer(200, granted, f"Date: {early}"))  # noqa: SLF001
        code, out, _ = tried(changed(account, discoveryEndpoint=f"{server.url}/discovery"))

    assert code == 0
    assert " s ahead of this machine's; the function's is AWS's" in out


def test_what_the_provider_says_cannot_control_a_terminal(account: ServiceAccount, tried: Tried):
    granted = json.dumps({"access_token": "abc", "expires_in": 300}).encode()
    with CannedServer() as server:
        document = {"token_endpoint": f"{server.url}/token", "issuer": "\x1b]0;owned\x07"}
        server._behaviours = (answer(200, json.dumps(document).encode()), answer(200, granted))  # noqa: SLF001
        code, out, _ = tried(changed(account, discoveryEndpoint=f"{server.url}/discovery"))

    assert code == 0
    assert "aud ?]0;owned?, " in out
    assert "\x1b" not in out


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
