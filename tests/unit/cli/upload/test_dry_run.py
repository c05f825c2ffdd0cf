"""`upload --dry-run` says what would be replaced, and stores nothing."""

import json
from pathlib import Path

import pytest

from local.idp.service_account import ServiceAccount
from tests.support.operating import OperatedRotator
from tests.unit.cli.upload.uploading import current, previous


def test_a_dry_run_says_what_would_be_replaced_and_stores_nothing(
    rotator: OperatedRotator, downloaded: Path, capsys: pytest.CaptureFixture[str]
):
    options = ("--dry-run", "--forget-previous", "--json")

    assert rotator.run("upload", str(downloaded), *options) == 0
    document = json.loads(capsys.readouterr().out)
    assert rotator.run("upload", str(downloaded), *options[:2]) == 0
    said = capsys.readouterr().out

    assert document["replaces"] == {
        "version": rotator.version_id,
        "service_account": rotator.account.client_id,
        "works": True,
    }
    assert (document["dry_run"], document["stored_version"]) == (True, None)
    assert f"(version {rotator.version_id}, stored 20" in said
    assert "Dry run: nothing was stored." in said
    assert current(rotator) == rotator.account.as_downloaded()
    assert previous(rotator) is not None


def test_a_dry_run_checks_the_file(rotator: OperatedRotator):
    assert rotator.run("upload", "--dry-run", "-", stdin=b"sentinel") == 1


def test_a_dry_run_says_that_it_would_ask(
    rotator: OperatedRotator, other: ServiceAccount, capsys: pytest.CaptureFixture[str]
):
    assert rotator.run("upload", "--dry-run", "-", stdin=other.as_downloaded().encode()) == 0

    assert f"--replaces {rotator.account.client_id}" in capsys.readouterr().out
