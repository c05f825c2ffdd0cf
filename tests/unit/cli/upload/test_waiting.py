"""`upload` waits until a rotation has used the new key, and says what came of it."""

from functools import partial
from pathlib import Path

import pytest

from local.idp import faults
from local.idp.faults import Endpoint
from local.idp.service_account import ServiceAccount
from tests.support.operating import PARAMETER, OperatedRotator
from tests.support.terminal import at_debug
from tests.unit.cli.upload.uploading import (
    current,
    failing,
    interrupt,
    may_only_write,
    without_the_log,
)
from token_rotator_cli.upload.wait_for_publication import LONGEST_WAIT


def test_a_new_key_is_stored_and_seen_to_work(
    rotator: OperatedRotator,
    downloaded: Path,
    generated: ServiceAccount,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
):
    at_debug(caplog)
    rotator.while_waiting = [lambda: None, rotator.secret_changed]

    assert rotator.run("upload", str(downloaded)) == 0

    said = capsys.readouterr().out
    assert generated.private_key_pem.splitlines()[1] not in said + caplog.text
    assert f"service account {generated.client_id}, RSA key (2048 bits)" in said
    assert "Published by a rotation (secret-changed) that used it." in said
    assert current(rotator) == generated.as_downloaded()
    assert rotator.idp.token_requests[-1].key == generated.key_fingerprint


def test_a_refused_key_is_told_and_that_consumers_are_served(
    rotator: OperatedRotator,
    downloaded: Path,
    generated: ServiceAccount,
    capsys: pytest.CaptureFixture[str],
):
    rotator.idp.reject(generated)
    rotator.while_waiting = [rotator.secret_changed]

    assert rotator.run("upload", str(downloaded)) == 1

    said = capsys.readouterr().err
    assert "\nThe new key does not work. Consumers still get tokens, with the previous" in said
    assert "TokenRequestRefused" in said


def test_when_both_keys_are_refused_that_is_told(
    rotator: OperatedRotator,
    downloaded: Path,
    generated: ServiceAccount,
    capsys: pytest.CaptureFixture[str],
):
    rotator.idp.reject(generated)
    rotator.idp.reject(rotator.account)
    rotator.while_waiting = [lambda: failing(rotator)]

    assert rotator.run("upload", str(downloaded)) == 1

    assert "The new key does not work. TokenRequestRefused" in capsys.readouterr().err


def test_a_rotation_that_had_begun_with_the_old_key_does_not_count(
    rotator: OperatedRotator, downloaded: Path, capsys: pytest.CaptureFixture[str]
):
    def with_the_old_key() -> None:
        new = rotator.aws.secrets.get_secret_value(SecretId=rotator.secret)["VersionId"]
        rotator.make_current(rotator.version_id, instead_of=new)
        rotator.rotate()
        rotator.make_current(new, instead_of=rotator.version_id)

    rotator.while_waiting = [with_the_old_key, interrupt]

    assert rotator.run("upload", str(downloaded)) == 130

    assert rotator.published()["Version"] == 2
    assert "Published" not in capsys.readouterr().out


def test_a_rotation_that_could_not_use_the_replaced_version_does_not_count(
    rotator: OperatedRotator, downloaded: Path, capsys: pytest.CaptureFixture[str]
):
    """The caller does not know which version that was."""
    first = rotator.store("a random string")
    broken = rotator.store("another random string")
    secrets = vars(rotator.aws)["secrets"]

    def with_the_replaced_version() -> None:
        vars(rotator.aws)["secrets"] = secrets
        new = secrets.get_secret_value(SecretId=rotator.secret)["VersionId"]
        rotator.make_current(broken, instead_of=new)
        secrets.update_secret_version_stage(
            SecretId=rotator.secret,
            VersionStage="AWSPREVIOUS",
            MoveToVersionId=first,
            RemoveFromVersionId=new,
        )
        failing(rotator)
        rotator.make_current(new, instead_of=broken)

    may_only_write(rotator)
    rotator.while_waiting = [with_the_replaced_version, rotator.secret_changed]

    assert rotator.run("upload", str(downloaded)) == 0

    assert "Published by a rotation (secret-changed) that used it." in capsys.readouterr().out


def test_who_may_only_write_is_told_that_the_new_key_is_refused(
    rotator: OperatedRotator,
    downloaded: Path,
    generated: ServiceAccount,
    capsys: pytest.CaptureFixture[str],
):
    rotator.idp.reject(generated)
    may_only_write(rotator)
    rotator.while_waiting = [rotator.secret_changed]

    assert rotator.run("upload", str(downloaded)) == 1

    assert "The new key does not work. Consumers still get tokens" in capsys.readouterr().err


def test_a_failure_before_the_upload_does_not_count(
    rotator: OperatedRotator, downloaded: Path, capsys: pytest.CaptureFixture[str]
):
    rotator.idp.reject(rotator.account)
    failing(rotator)
    rotator.while_waiting = [lambda: None, rotator.secret_changed]

    assert rotator.run("upload", str(downloaded)) == 0

    assert "Published by a rotation" in capsys.readouterr().out


def test_a_passing_failure_is_waited_out(
    rotator: OperatedRotator, downloaded: Path, capsys: pytest.CaptureFixture[str]
):
    rotator.idp.fail(Endpoint.TOKEN, faults.status(503), times=None)
    rotator.while_waiting = [lambda: failing(rotator), rotator.idp.recover, rotator.secret_changed]

    assert rotator.run("upload", str(downloaded)) == 0

    assert "Published by a rotation" in capsys.readouterr().out


def test_a_key_whose_token_expires_before_the_published_one_works(
    rotator: OperatedRotator, downloaded: Path, capsys: pytest.CaptureFixture[str]
):
    shorter = {"access_token": "sentinel", "expires_in": 60}
    rotator.idp.fail(Endpoint.TOKEN, faults.answers_json(shorter))
    rotator.while_waiting = [rotator.secret_changed]

    assert rotator.run("upload", str(downloaded)) == 0

    assert "obtained a token with it. The published one expires later" in capsys.readouterr().out


def test_when_nothing_happens_it_gives_up_and_says_what_next(
    rotator: OperatedRotator, downloaded: Path, capsys: pytest.CaptureFixture[str]
):
    def the_time_is_over() -> None:
        rotator.waited += LONGEST_WAIT

    rotator.idp.fail(Endpoint.TOKEN, faults.status(503), times=None)
    rotator.while_waiting = [lambda: failing(rotator), the_time_is_over]

    assert rotator.run("upload", str(downloaded)) == 1

    said = capsys.readouterr().err
    assert "No token was published for it within" in said
    assert "IdentityProviderDown" in said


def test_who_may_not_read_the_log_is_told_of_the_parameter(
    rotator: OperatedRotator, downloaded: Path, capsys: pytest.CaptureFixture[str]
):
    rotated = without_the_log(rotator)
    rotator.while_waiting = [lambda: None, rotated]

    assert rotator.run("upload", str(downloaded)) == 0

    assert "Version 2 of the parameter was published since." in capsys.readouterr().out


def test_a_new_token_in_a_parameter_that_starts_again_with_version_1_counts(
    rotator: OperatedRotator, downloaded: Path, capsys: pytest.CaptureFixture[str]
):
    rotated = without_the_log(rotator)
    deleted = partial(rotator.aws.parameters.delete_parameter, Name=PARAMETER)
    rotator.while_waiting = [deleted, rotated]

    assert rotator.run("upload", str(downloaded)) == 0

    assert "Version 1 of the parameter was published since." in capsys.readouterr().out
