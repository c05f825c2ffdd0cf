"""`token-rotator try` shows no key, assertion or token, and writes no file, whatever happens."""

import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from fakes.keys import pem, rsa_key
from local.idp.faults import Endpoint
from local.idp.identity_provider import IdentityProvider
from local.idp.service_account import ServiceAccount
from tests.support.bad_answers import BAD_ANSWERS, TOKEN
from tests.support.exposure import Exposure
from tests.unit.credential.test_service_account import REFUSED, SENTINEL
from token_rotator.credential.assertion import AssertionSigner
from token_rotator_cli.__main__ import main
from token_rotator_cli.exchange.journal import ObservedSigner

Shows = Callable[..., set[tuple[str, str]]]


@pytest.fixture
def shows(
    exposure: Exposure,
    account: ServiceAccount,
    machine: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> Iterator[Shows]:
    """The secrets that the command shows, and where."""
    exposure.secrets.add_key(account.private_key_pem)
    exposure.secrets.add_key(pem(rsa_key()))
    exposure.secrets.add("a sentinel", TOKEN)

    def leaks(file: Path, *options: str) -> set[tuple[str, str]]:
        exposure.of(lambda: main(["try", str(file), *options]), capfd, caplog)
        assert exposure.places & {"stdout", "stderr"}, "the command said nothing"
        assert "files" not in exposure.places, "a file was written"
        return exposure.leaks

    yield leaks
    assert list(Path.cwd().iterdir()) == []


def test_nothing_but_the_token_that_was_asked_for(downloaded: Path, shows: Shows):
    for options in ((), ("--json",)):
        assert shows(downloaded, *options) == set()
        assert shows(downloaded, "--print-token", *options) == {("stdout", "an access token")}


@pytest.mark.parametrize("endpoint", [Endpoint.DISCOVERY, Endpoint.TOKEN])
def test_whatever_the_identity_provider_answers(
    idp: IdentityProvider, downloaded: Path, shows: Shows, endpoint: Endpoint
):
    for name, fault, _ in BAD_ANSWERS:
        idp.recover()
        idp.fail(endpoint, fault, times=None)

        for options in ((), ("--json", "--print-token")):
            assert shows(downloaded, *options) == set(), name


def test_whatever_the_file_holds(shows: Shows, tmp_path: Path):
    for name, (value, _) in REFUSED.items():
        file = tmp_path / "downloaded.txt"
        file.write_text(value.replace(SENTINEL, TOKEN), encoding="utf-8")

        assert shows(file) == set(), name


@pytest.mark.parametrize("where", [AssertionSigner, ObservedSigner])
def test_whatever_unexpected_error_is_raised(
    downloaded: Path, shows: Shows, machine: pytest.MonkeyPatch, where: type
):
    def fail(self: object, account: object, **arguments: object) -> str:
        raise RuntimeError(f"{TOKEN} {account} {arguments}")

    machine.setattr(where, "sign", fail)

    assert shows(downloaded) == set()


def test_the_http_library_is_silent_whatever_the_root_logger_says(
    downloaded: Path, shows: Shows, caplog: pytest.LogCaptureFixture
):
    """At DEBUG it logs the URL of each request, and so the assertion."""
    shows(downloaded)

    assert [one for one in caplog.records if one.name.startswith("urllib3")] == []
    assert logging.getLogger("urllib3").level == logging.WARNING
