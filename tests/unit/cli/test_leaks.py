"""No command shows a key, an assertion or a token: neither on the screen nor in a file."""

from collections.abc import Callable
from pathlib import Path

import pytest

from fakes.keys import pem, rsa_key
from local.idp.faults import Endpoint
from tests.support.bad_answers import BAD_ANSWERS, TOKEN
from tests.support.exposure import Exposure
from tests.support.operating import OperatedRotator
from tests.unit.cli.check.broken_rotators import BROKEN
from tests.unit.credential.test_service_account import REFUSED, SENTINEL


class Unpredictable:
    """A client whose every call raises an unexpected error that quotes its arguments."""

    def __getattr__(self, operation: str) -> Callable[..., object]:
        def fail(**arguments: object) -> object:
            raise RuntimeError(f"{operation} {TOKEN} {arguments}")

        return fail


@pytest.fixture
def shows(
    exposure: Exposure,  # first: it wants to know of the tokens that a rotator begins with
    rotator: OperatedRotator,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> Callable[..., set[tuple[str, str]]]:
    """The secrets that a command shows, and where."""
    exposure.secrets.add_key(rotator.account.private_key_pem)
    exposure.secrets.add_key(pem(rsa_key()))
    exposure.secrets.add("a sentinel", TOKEN)

    def leaks(*command: str, stdin: str = "") -> set[tuple[str, str]]:
        exposure.of(lambda: rotator.run(*command, stdin=stdin.encode()), capfd, caplog)
        assert exposure.places & {"stdout", "stderr"}, "the command said nothing"
        return exposure.leaks

    return leaks


Shows = Callable[..., set[tuple[str, str]]]
COMMANDS = [
    (name, *options) for name in ("check", "status", "rotate") for options in ((), ("--json",))
]


@pytest.mark.parametrize("name", BROKEN)
def test_whatever_is_wrong(rotator: OperatedRotator, shows: Shows, name: str):
    BROKEN[name][0](rotator)

    for command in COMMANDS:
        assert shows(*command) == set(), command
    assert shows("upload", "--no-wait", "-", stdin=rotator.account.as_downloaded()) == set()


@pytest.mark.parametrize("client", ["functions", "secrets", "parameters", "logs", "schedules"])
def test_whatever_unexpected_error_is_raised(rotator: OperatedRotator, shows: Shows, client: str):
    vars(rotator.aws)[client] = Unpredictable()

    for command in COMMANDS:
        assert shows(*command) == set(), command
    assert shows("upload", "--no-wait", "-", stdin=rotator.account.as_downloaded()) == set()


def test_whatever_the_file_holds(rotator: OperatedRotator, shows: Shows, tmp_path: Path):
    for name, (value, _) in REFUSED.items():
        file = tmp_path / "downloaded.txt"
        file.write_text(value.replace(SENTINEL, TOKEN), encoding="utf-8")

        assert shows("upload", "--no-wait", str(file)) == set(), name


@pytest.mark.parametrize("endpoint", [Endpoint.DISCOVERY, Endpoint.TOKEN])
def test_whatever_the_identity_provider_answers(
    rotator: OperatedRotator, shows: Shows, endpoint: Endpoint
):
    for name, fault, _ in BAD_ANSWERS:
        rotator.idp.recover()
        rotator.idp.fail(endpoint, fault, times=None)

        assert shows("check") == set(), name
