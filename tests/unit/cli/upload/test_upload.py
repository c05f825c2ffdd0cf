"""`upload` stores only what the function can use."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from fakes.keys import ec_key, pem
from local.idp.service_account import ServiceAccount
from tests.support.operating import OperatedRotator
from tests.support.terminal import at_debug, shown
from tests.unit.cli.upload.uploading import current, may_only_write


def test_a_program_gets_one_document(
    rotator: OperatedRotator,
    downloaded: Path,
    generated: ServiceAccount,
    capsys: pytest.CaptureFixture[str],
):
    rotator.while_waiting = [rotator.secret_changed]

    assert rotator.run("upload", str(downloaded), "--json") == 0
    stored = json.loads(capsys.readouterr().out)
    assert rotator.run("upload", str(downloaded), "--json") == 0
    again = json.loads(capsys.readouterr().out)

    version = rotator.aws.secrets.get_secret_value(SecretId=rotator.secret)["VersionId"]
    assert stored == {
        "ok": True,
        "account": "123456789012",
        "region": "eu-west-1",
        "stack": "stack",
        "rotator": "marketing",
        "dry_run": False,
        "service_account": generated.client_id,
        "replaces": {
            "version": rotator.version_id,
            "service_account": rotator.account.client_id,
            "works": True,
        },
        "stored_version": version,
        "published": "Published by a rotation (secret-changed) that used it.",
        "forgotten_version": None,
    }
    assert again == stored | {"stored_version": None, "replaces": None}


def test_the_version_before_stays_for_the_fall_back(rotator: OperatedRotator, downloaded: Path):
    rotator.run("upload", "--no-wait", str(downloaded))

    previous = rotator.aws.secrets.get_secret_value(
        SecretId=rotator.secret, VersionStage="AWSPREVIOUS"
    )
    assert previous["VersionId"] == rotator.version_id


def test_stdin_will_do(rotator: OperatedRotator, generated: ServiceAccount):
    assert rotator.run("upload", "--no-wait", "-", stdin=generated.as_downloaded().encode()) == 0

    assert current(rotator) == generated.as_downloaded()


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le"])
def test_a_file_in_another_encoding_of_unicode_is_stored_as_text(
    rotator: OperatedRotator, generated: ServiceAccount, encoding: str
):
    content = generated.as_downloaded().encode(encoding)

    assert rotator.run("upload", "--no-wait", "-", stdin=content) == 0

    assert current(rotator) == generated.as_downloaded()


def test_no_wait_does_not_wait(rotator: OperatedRotator, downloaded: Path):
    rotator.while_waiting = [lambda: pytest.fail("it waited")]

    assert rotator.run("upload", "--no-wait", str(downloaded)) == 0


def test_the_same_file_once_more_is_not_stored(
    rotator: OperatedRotator, capsys: pytest.CaptureFixture[str]
):
    assert rotator.run("upload", "-", stdin=rotator.account.as_downloaded().encode()) == 0

    assert "Nothing was stored" in capsys.readouterr().out
    assert rotator.aws.secrets.get_secret_value(SecretId=rotator.secret)["VersionId"] == (
        rotator.version_id
    )


UNUSABLE: dict[str, tuple[Callable[[str], bytes], str]] = {
    "empty": (lambda _: b"", "It is empty"),
    "some other text": (lambda _: b"sentinel", "other text"),
    "half a file": (lambda file: file[:900].encode(), "is invalid JSON"),
    "without its key": (lambda _: b'{"serviceAccountId": "a"}', "no privateKey"),
    "a key of another type": (
        lambda _: f"serviceAccountId: a\nprivateKey: {pem(ec_key())}".encode(),
        "is not an RSA key",
    ),
    "a picture": (lambda _: b"\x89PNG\r\n\x1a\n\xff", "not UTF-8 text"),
    "another encoding": (lambda file: f"# \u00fc {file}".encode("latin-1"), "save it as UTF-8"),
    "a damaged line": (
        lambda file: file.replace("\\nMII", "\\n*II").encode(),
        "line 2 has an invalid base64 character",
    ),
    "endless": (lambda file: file.encode() * 100, "larger than 64 KiB"),
}


@pytest.mark.parametrize("name", UNUSABLE)
def test_what_the_function_could_not_use_is_refused_and_not_stored(
    rotator: OperatedRotator,
    generated: ServiceAccount,
    name: str,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
):
    at_debug(caplog)
    make, said = UNUSABLE[name]

    assert rotator.run("upload", "-", stdin=make(generated.as_downloaded())) == 1

    output = shown(capsys) + caplog.text
    assert said in output
    hidden = [*generated.private_key_pem.splitlines()[1:-1], "sentinel"]
    assert [secret for secret in hidden if secret in output] == []
    assert current(rotator) == rotator.account.as_downloaded()


def test_a_file_that_is_not_there_is_named(
    rotator: OperatedRotator, capsys: pytest.CaptureFixture[str]
):
    assert rotator.run("upload", "nowhere.txt") == 1

    assert "nowhere.txt cannot be read: No such file" in capsys.readouterr().err


def test_who_may_only_write_can_upload(rotator: OperatedRotator, generated: ServiceAccount):
    may_only_write(rotator)

    assert rotator.run("upload", "--no-wait", "-", stdin=generated.as_downloaded().encode()) == 0


def test_a_secret_of_another_region_is_named_with_both(
    rotator: OperatedRotator, downloaded: Path, capsys: pytest.CaptureFixture[str]
):
    elsewhere = rotator.secret.replace("eu-west-1", "us-east-1")
    rotator.configure(rotator.environment | {"SECRET_ARN": elsewhere})

    assert rotator.run("upload", str(downloaded)) == 1

    said = capsys.readouterr().err
    assert "is in us-east-1, but the rotator is in eu-west-1" in said
