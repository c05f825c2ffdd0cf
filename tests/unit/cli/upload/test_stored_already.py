"""A file that is stored already is judged by what the function made of it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine

from local.idp.service_account import ServiceAccount
from tests.support.operated_aws import Refusing
from tests.support.operating import OperatedRotator
from tests.support.terminal import shown
from tests.unit.cli.upload.uploading import failing


def test_a_stored_file_that_every_rotation_is_refused_with_is_a_failure(
    rotator: OperatedRotator, capsys: pytest.CaptureFixture[str]
):
    rotator.idp.reject(rotator.account)
    failing(rotator)

    assert rotator.run("upload", "-", stdin=rotator.account.as_downloaded().encode()) == 1

    out, err = capsys.readouterr()
    assert "Nothing was stored" in out
    assert "The function cannot use it. TokenRequestRefused: " in err


def test_so_is_one_beside_which_the_previous_key_works(
    rotator: OperatedRotator,
    downloaded: Path,
    generated: ServiceAccount,
    capsys: pytest.CaptureFixture[str],
):
    rotator.idp.reject(generated)
    rotator.run("upload", "--no-wait", str(downloaded))
    rotator.secret_changed()

    assert rotator.run("upload", str(downloaded)) == 1

    said = capsys.readouterr().err
    assert "The function cannot use it. Consumers still get tokens, with the previous key." in said


def test_what_was_refused_before_the_file_was_stored_does_not_count(
    rotator: OperatedRotator, downloaded: Path, capsys: pytest.CaptureFixture[str]
):
    rotator.idp.reject(rotator.account)
    with time_machine.travel(datetime.now(UTC) - timedelta(minutes=1)):
        failing(rotator)
    rotator.run("upload", "--no-wait", str(downloaded))

    assert rotator.run("upload", str(downloaded)) == 0

    assert "No rotation has tried this key yet" in capsys.readouterr().out


@pytest.mark.parametrize(("seconds", "code"), [(0, 0), (301, 1)])
def test_without_the_log_the_published_token_tells(
    rotator: OperatedRotator, seconds: int, code: int, capsys: pytest.CaptureFixture[str]
):
    vars(rotator.aws)["logs"] = Refusing()
    rotator.waited += timedelta(seconds=seconds)

    assert rotator.run("upload", "-", stdin=rotator.account.as_downloaded().encode()) == code

    assert "Your credentials cannot read the function's log" in shown(capsys)
