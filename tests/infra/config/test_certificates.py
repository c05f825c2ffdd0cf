"""The file of ``extra_ca_certificates`` is read before anything is deployed with it."""

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import App

from fakes.certificates import an_authority
from tests.infra.constructs.test_token_rotator import a_rotator, a_stack
from tests.support.canned_server import CannedServer, answer
from tests.support.config_files import GOOD, written
from token_rotator.errors import IdentityProviderUntrusted
from token_rotator.identity_provider.addresses import AddressPolicy, tls_context_with
from token_rotator.identity_provider.http import ProviderHttp
from token_rotator_cdk import ConfigurationIssues, IdentityProvider, TokenRotatorStack
from token_rotator_cdk.config.certificates import MAX_FILE_BYTES, certificates_of
from token_rotator_cdk.config.load import load

NAMED = f'{GOOD}identity_provider.extra_ca_certificates = "private.pem"\n'
DAY = timedelta(days=1)
GOOD_PEM = an_authority().pem


def said(directory: Path, content: bytes | None) -> str:
    if content is not None:
        (directory / "private.pem").write_bytes(content)
    with pytest.raises(ConfigurationIssues) as caught:
        load(written(directory / "rotators.toml", NAMED), to_deploy=True)
    (line,) = str(caught.value).splitlines()[1:]
    where = '[rotators.marketing.identity_provider] extra_ca_certificates = "private.pem": '
    assert line.startswith(f"  rotators.toml: {where}")
    return line


@pytest.mark.parametrize(
    ("content", "fix"),
    [
        (None, "write the path of a PEM file"),
        (b"", "write the path of a PEM file"),
        (b"no certificate", "write the path of a PEM file"),
        (GOOD_PEM[:200], "write the path of a PEM file"),
        (an_authority().certificate.tbs_certificate_bytes, "write the path of a PEM file"),
        (GOOD_PEM * (MAX_FILE_BYTES // len(GOOD_PEM) + 1), "use a file of at most 64 KiB"),
        (an_authority("a leaf", ca=False, key_usage=False).pem, "is not a CA certificate"),
        (an_authority(ends=-DAY, begins=-2 * DAY).pem, "use a valid certificate: it expired on 20"),
        (
            an_authority(begins=DAY, ends=2 * DAY).pem,
            "use a certificate that is valid now: this one starts on 20",
        ),
        (
            an_authority(critical=False).pem,
            "reissue the CA certificate with critical basicConstraints",
        ),
        (an_authority(key_usage=False).pem, "reissue the CA certificate with keyUsage keyCertSign"),
        (
            an_authority(key_identifier=False).pem,
            "reissue the CA certificate with subjectKeyIdentifier",
        ),
        (
            GOOD_PEM + an_authority("second", ca=False).pem,
            '(certificate 2 of the file, "CN=second")',
        ),
    ],
)
def test_a_file_that_cannot_be_used_is_named_with_what_to_write(
    tmp_path: Path, content: bytes | None, fix: str
):
    assert fix in said(tmp_path, content)


def test_a_private_key_in_the_file_is_named_and_never_shown(tmp_path: Path):
    authority = an_authority()

    shown = said(tmp_path, authority.pem + authority.private_key_pem)

    assert "remove the private key from the file" in shown
    assert not any(line.decode() in shown for line in authority.private_key_pem.splitlines())


def test_a_directory_is_no_file(tmp_path: Path):
    (tmp_path / "private.pem").mkdir()

    assert "cannot be read" in said(tmp_path, None)


def test_a_good_file_is_taken_relative_to_the_configuration_and_without_what_is_around_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    second = an_authority("another").pem
    (tmp_path / "private.pem").write_bytes(b"# ours\n" + GOOD_PEM + second + GOOD_PEM)
    monkeypatch.chdir("/")

    loaded = load(written(tmp_path / "rotators.toml", NAMED), to_deploy=True)

    provider = loaded.rotators["marketing"].identity_provider
    assert provider.extra_ca_certificates == "private.pem"
    assert certificates_of(tmp_path / "private.pem").encode() == GOOD_PEM + second


def test_commands_for_what_is_deployed_need_no_such_file(tmp_path: Path):
    assert load(written(tmp_path / "rotators.toml", NAMED)).rotators


@pytest.mark.parametrize("lacking", ["critical", "key_usage", "key_identifier"])
def test_python_refuses_what_is_refused_here(tmp_path: Path, lacking: str):
    flaws: dict[str, Any] = {lacking: False}

    assert not is_accepted_strictly(tmp_path, an_authority(**flaws))
    assert is_accepted_strictly(tmp_path, an_authority())


def is_accepted_strictly(folder: Path, authority: Any) -> bool:
    """Whether a client that verifies as Python 3.13 does trusts the authority's server."""
    file = folder / f"{authority.certificate.serial_number}.pem"  # contexts are kept by path
    file.write_bytes(authority.pem)
    with AddressPolicy(loopback=True).pool(tls_context_with(file)) as pool:
        context = pool.connection_pool_kw["ssl_context"]
        context.verify_flags |= ssl.VERIFY_X509_STRICT
        with CannedServer(answer(), tls=authority.server(folder)) as server:
            try:
                now = lambda: datetime.now(UTC)  # noqa: E731
                deadline = now() + timedelta(seconds=5)
                ProviderHttp(pool=pool, now=now).get(
                    server.url, endpoint_name="x", deadline=deadline
                )
            except IdentityProviderUntrusted:
                return False
    return True


def test_the_construct_names_the_file_by_its_argument(tmp_path: Path):
    path = str(tmp_path / "nowhere.pem")
    with pytest.raises(ConfigurationIssues) as caught:
        a_rotator(a_stack(), identity_provider=IdentityProvider(extra_ca_certificates=path))

    shown = str(caught.value)
    assert "Tokens/Marketing: identity_provider.extra_ca_certificates = " in shown
    assert "write the path of a PEM file" in shown


def test_a_stack_whose_file_went_missing_names_it(tmp_path: Path):
    deployment = load(written(tmp_path / "rotators.toml", NAMED))

    with pytest.raises(ConfigurationIssues, match="write the path of a PEM file"):
        TokenRotatorStack(App(), deployment=deployment, directory=tmp_path)
