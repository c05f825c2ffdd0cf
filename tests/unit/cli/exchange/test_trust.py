"""The machine's certificates are trusted, and told."""

import ssl
from pathlib import Path

import pytest

from fakes.certificates import an_authority, unknown_to_the_system
from local.idp.service_account import ServiceAccount
from tests.support.canned_server import answer
from tests.unit.cli.exchange.trying import GRANTED, Tried, changed, provider
from token_rotator_cli.exchange.trust import machine_trust


def test_certificates_and_names_are_verified_and_nothing_older_than_tls_1_2_is_spoken(
    machine: pytest.MonkeyPatch,
):
    """As the function does it: tests/unit/test_trust.py."""
    context = machine_trust().context

    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname
    assert context.minimum_version is ssl.TLSVersion.TLSv1_2


@pytest.mark.parametrize(
    "variable", ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "AWS_CA_BUNDLE"]
)
def test_the_machines_certificates_are_trusted_and_told(
    account: ServiceAccount,
    tried: Tried,
    machine: pytest.MonkeyPatch,
    tmp_path: Path,
    variable: str,
):
    context, certificate = unknown_to_the_system(tmp_path)
    machine.setenv(variable, str(certificate))
    with provider(answer(200, GRANTED), tls=context) as server:
        code, out, _ = tried(changed(account, discoveryEndpoint=f"{server.url}/discovery"))

    assert code == 0
    assert f"Unlike the function: {variable} change the CA certificates" in out


def test_a_bundle_that_adds_nothing_is_not_worth_a_word(
    account: ServiceAccount, tried: Tried, machine: pytest.MonkeyPatch, tmp_path: Path
):
    context, certificate = unknown_to_the_system(tmp_path)
    machine.setenv("SSL_CERT_FILE", str(certificate))
    machine.setenv("AWS_CA_BUNDLE", str(certificate))
    with provider(answer(200, GRANTED), tls=context) as server:
        _, out, _ = tried(changed(account, discoveryEndpoint=f"{server.url}/discovery"))

    assert "Unlike the function: SSL_CERT_FILE change" in out
    assert "AWS_CA_BUNDLE" not in out


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_a_variable_that_names_no_certificates_is_named(
    account: ServiceAccount,
    tried: Tried,
    machine: pytest.MonkeyPatch,
    tmp_path: Path,
    content: str | None,
):
    bundle = tmp_path / "bundle.pem"
    if content:
        bundle.write_text(content)
    machine.setenv("AWS_CA_BUNDLE", str(bundle))

    code, _, err = tried(account.as_downloaded())

    assert code == 2
    assert f"AWS_CA_BUNDLE names {bundle}, which has no readable certificates" in err


def test_the_authorities_of_the_file_are_trusted_besides_the_machines(
    account: ServiceAccount, tried: Tried, machine: pytest.MonkeyPatch, tmp_path: Path
):
    authority = an_authority()
    (tmp_path / "authority.pem").write_bytes(authority.pem)
    config = tmp_path / "rotators.toml"
    config.write_text(
        '[stack]\nname = "tokens"\n[rotators.marketing]\nparameter_name = "/token"\n'
        '[rotators.marketing.identity_provider]\nextra_ca_certificates = "authority.pem"\n'
    )

    with provider(answer(200, GRANTED), tls=authority.server(tmp_path)) as server:
        file = changed(account, discoveryEndpoint=f"{server.url}/discovery")
        trusted, out, _ = tried(file, "--config", str(config))
        refused, _, errors = tried(file)

    assert (trusted, refused) == (0, 1)
    assert "Unlike the function: extra_ca_certificates" not in out
    assert "certificate was rejected" in errors
