"""`upload --forget-previous` is for a key that has leaked."""

import json
from pathlib import Path

import pytest

from local.idp.service_account import ServiceAccount
from tests.support.operating import OperatedRotator
from tests.unit.cli.upload.uploading import current, failing, previous, without_the_log


def test_a_leaked_key_is_forgotten_once_the_new_one_works(
    rotator: OperatedRotator,
    downloaded: Path,
    generated: ServiceAccount,
    capsys: pytest.CaptureFixture[str],
):
    seen: list[str | None] = []
    rotator.while_waiting = [lambda: seen.append(previous(rotator)), rotator.secret_changed]

    assert rotator.run("upload", str(downloaded), "--forget-previous", "--json") == 0

    assert json.loads(capsys.readouterr().out)["forgotten_version"] == rotator.version_id
    assert seen == [rotator.version_id], "it stays until the new key has worked"
    assert previous(rotator) is None
    rotator.idp.reject(generated)
    asked = len(rotator.idp.token_requests)
    failing(rotator)
    assert len(rotator.idp.token_requests) - asked == 1, "the leaked key is not tried any more"


def test_a_leaked_key_stays_while_the_new_one_does_not_work(
    rotator: OperatedRotator, downloaded: Path, generated: ServiceAccount
):
    rotator.idp.reject(generated)
    rotator.while_waiting = [rotator.secret_changed]

    assert rotator.run("upload", str(downloaded), "--forget-previous") == 1

    assert previous(rotator) == rotator.version_id


def test_a_leaked_key_can_be_forgotten_later(
    rotator: OperatedRotator, downloaded: Path, capsys: pytest.CaptureFixture[str]
):
    rotator.while_waiting = [rotator.secret_changed]
    assert rotator.run("upload", str(downloaded)) == 0

    assert rotator.run("upload", str(downloaded), "--forget-previous") == 0
    assert f"Version {rotator.version_id} is no longer AWSPREVIOUS" in capsys.readouterr().out
    assert previous(rotator) is None

    assert rotator.run("upload", str(downloaded), "--forget-previous") == 0
    assert "No version is AWSPREVIOUS" in capsys.readouterr().out


def test_who_cannot_see_that_the_new_key_works_forgets_nothing(
    rotator: OperatedRotator, downloaded: Path, capsys: pytest.CaptureFixture[str]
):
    rotated = without_the_log(rotator)
    rotator.while_waiting = [rotated]

    assert rotator.run("upload", str(downloaded), "--forget-previous") == 1

    assert "The previous version is kept" in capsys.readouterr().err
    assert previous(rotator) == rotator.version_id


def test_another_file_that_was_stored_in_between_ends_it(
    rotator: OperatedRotator, downloaded: Path, capsys: pytest.CaptureFixture[str]
):
    def twice() -> None:
        rotator.secret_changed()
        rotator.store(rotator.account.as_downloaded())

    rotator.while_waiting = [twice]

    assert rotator.run("upload", str(downloaded), "--forget-previous") == 1

    assert "is no longer the current one" in capsys.readouterr().err
    assert previous(rotator) is not None


def test_forgetting_waits(rotator: OperatedRotator, downloaded: Path):
    assert rotator.run("upload", str(downloaded), "--forget-previous", "--no-wait") == 2

    assert current(rotator) == rotator.account.as_downloaded()
