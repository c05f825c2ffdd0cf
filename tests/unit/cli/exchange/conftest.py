"""`token-rotator try` on a machine without proxy, certificates and AWS of its own."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from local.idp.identity_provider import IdentityProvider
from local.idp.service_account import ServiceAccount
from tests.unit.cli.exchange.probing import Probe, Probed
from token_rotator_cli.__main__ import main

SETTINGS = ("_proxy", "_bundle", "ssl_cert_file", "ssl_cert_dir", "aws_")


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Its environment, in an empty directory."""
    for name in os.environ:
        if any(setting in name.lower() for setting in SETTINGS):
            monkeypatch.delenv(name)
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    return monkeypatch


@pytest.fixture
def downloaded(idp: IdentityProvider, account: ServiceAccount, tmp_path: Path) -> Path:
    """The downloaded file of an identity provider that works."""
    idp.recover()
    idp.accept(account)
    file = tmp_path / "downloaded.txt"
    file.write_text(account.as_downloaded(), encoding="utf-8")
    return file


@pytest.fixture
def tried(
    machine: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Callable[..., tuple[int, str, str]]:
    """Exit code, stdout and stderr of the command for a file with this content."""

    def run(content: str, *options: str) -> tuple[int, str, str]:
        file = tmp_path / "tried.txt"
        file.write_text(content, encoding="utf-8")
        capsys.readouterr()
        code = main(["try", str(file), *options])
        return code, *capsys.readouterr()

    return run


@pytest.fixture
def probed(tried: Callable[..., tuple[int, str, str]]) -> Probe:
    """What ``--probe`` says of a file with this content; with ``--json``, unless ``text``."""

    def run(content: str, *options: str, text: bool = False) -> Probed:
        json = () if text else ("--json",)
        code, out, err = tried(content, "--probe", *json, *options)
        return Probed(code=code, out=out, err=err)

    return run
