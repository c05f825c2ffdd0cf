"""A file that the function could not use is refused by name, before anything is sent."""

import json
from collections.abc import Callable

import pytest

from local.idp.identity_provider import IdentityProvider
from local.idp.service_account import ServiceAccount
from tests.unit.cli.exchange.trying import Tried, changed
from token_rotator.contract import PLACEHOLDER_FIELD
from token_rotator_cli.__main__ import main

FILES: dict[str, tuple[Callable[[ServiceAccount], str], str]] = {
    "the placeholder of a new secret": (
        lambda account: json.dumps({PLACEHOLDER_FIELD: "x"}),
        "NoServiceAccountYet: The file cannot be used. No service account is stored yet.",
    ),
    "a truncated key": (
        lambda account: changed(account, privateKey=account.private_key_pem[:700]),
        "CredentialError: The file cannot be used. The privateKey has no end: it is truncated.",
    ),
    "no JSON": (
        lambda account: "{" + account.as_downloaded()[30:],
        "CredentialError: The file cannot be used. It is invalid JSON",
    ),
    "another file": (
        lambda account: "Dear customer,",
        "CredentialError: The file cannot be used. It contains other text instead of a service",
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
    assert main(["try", name, "--json"]) == 1

    captured = capsys.readouterr()
    assert f"CredentialError: The file {name} cannot be read: " in captured.err
    assert json.loads(captured.out)["error"] == "CredentialError"
