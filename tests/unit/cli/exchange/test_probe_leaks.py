"""A probe shows no key, assertion or token, and writes no file, whatever happens."""

from pathlib import Path

import pytest

from local.idp.faults import Endpoint
from local.idp.identity_provider import IdentityProvider
from tests.support.bad_answers import BAD_ANSWERS, TOKEN
from tests.unit.cli.exchange.test_leaks import Shows, shows  # noqa: F401 - the fixture
from token_rotator.credential.assertion import AssertionSigner
from token_rotator.identity_provider.client import TokenEndpoint


@pytest.fixture
def options(idp: IdentityProvider) -> tuple[str, ...]:
    return "--probe", "--replay", "--api", idp.api("reports")


def test_nothing(downloaded: Path, shows: Shows, options: tuple[str, ...]):  # noqa: F811
    assert shows(downloaded, *options) == set()
    assert shows(downloaded, *options, "--json") == set()


@pytest.mark.parametrize("endpoint", list(Endpoint))
def test_whatever_is_answered(
    idp: IdentityProvider,
    downloaded: Path,
    shows: Shows,  # noqa: F811
    options: tuple[str, ...],
    endpoint: Endpoint,
):
    for name, fault, _ in BAD_ANSWERS:
        idp.recover()
        idp.fail(endpoint, fault, times=None)

        assert shows(downloaded, *options) == set(), name


@pytest.mark.parametrize("where", [(AssertionSigner, "sign"), (TokenEndpoint, "exchange")])
def test_whatever_unexpected_error_is_raised(
    downloaded: Path,
    shows: Shows,  # noqa: F811
    options: tuple[str, ...],
    machine: pytest.MonkeyPatch,
    where: tuple[type, str],
):
    def fail(*arguments: object, **named: object) -> str:
        raise RuntimeError(f"{TOKEN} {arguments} {named}")

    machine.setattr(*where, fail)

    assert shows(downloaded, *options) == set()
