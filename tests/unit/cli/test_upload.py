"""`upload` stores only what the function can use, and shows whether it has taken effect."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from fakes.keys import ec_key, pem
from local.idp import faults
from local.idp.faults import Endpoint
from local.idp.service_account import ServiceAccount
from tests.support.operating import OperatedRotator, Refusing, at_debug, shown
from token_rotator.errors import RotationError
from token_rotator_cli.upload.wait_for_publication import LONGEST_WAIT


@pytest.fixture(scope="module")
def generated(account: ServiceAccount) -> ServiceAccount:
    """Another key of the same account; the identity provider does not know it yet."""
    return ServiceAccount.generate(
        discovery_endpoint=account.discovery_endpoint, client_id=account.client_id
    )


@pytest.fixture
def downloaded(rotator: OperatedRotator, generated: ServiceAccount, tmp_path: Path) -> Path:
    rotator.idp.register(generated.client_id, generated.public_key_pem)
    rotator.idp.accept(generated)
    file = tmp_path / "downloaded.txt"
    file.write_text(generated.as_downloaded(), encoding="utf-8")
    return file


def current(rotator: OperatedRotator) -> str:
    return rotator.aws.secrets.get_secret_value(SecretId=rotator.secret)["SecretString"]


def failing(rotator: OperatedRotator) -> None:
    with pytest.raises(RotationError):
        rotator.secret_changed()


def interrupt() -> None:
    raise KeyboardInterrupt


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
        "service_account": generated.client_id,
        "stored_version": version,
        "published": "Published by a rotation (secret-changed) that used it.",
    }
    assert again == stored | {"stored_version": None, "published": None}


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
    "some other text": (lambda _: b"sentinel", "no service account"),
    "half a file": (lambda file: file[:900].encode(), "is none"),
    "without its key": (lambda _: b'{"serviceAccountId": "a"}', "no privateKey"),
    "a key of another type": (
        lambda _: f"serviceAccountId: a\nprivateKey: {pem(ec_key())}".encode(),
        "is no RSA key",
    ),
    "a picture": (lambda _: b"\x89PNG\r\n\x1a\n\xff", "not a text in UTF-8"),
    "another encoding": (lambda file: f"# \u00fc {file}".encode("latin-1"), "save it as UTF-8"),
    "a damaged line": (
        lambda file: file.replace("\\nMII", "\\n*II").encode(),
        "line 2 has a character that is no base64",
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
    assert said.startswith("The new key does not work. Consumers still get tokens, with the prev")
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
    logs = vars(rotator.aws)["logs"]

    def rotated() -> None:
        vars(rotator.aws)["logs"] = logs
        rotator.secret_changed()
        vars(rotator.aws)["logs"] = Refusing()

    vars(rotator.aws)["logs"] = Refusing()
    rotator.while_waiting = [lambda: None, rotated]

    assert rotator.run("upload", str(downloaded)) == 0

    assert "Version 2 of the parameter was published since." in capsys.readouterr().out


def test_who_may_only_write_can_upload(rotator: OperatedRotator, generated: ServiceAccount):
    real = vars(rotator.aws)["secrets"]

    class WriteOnly(Refusing):
        put_secret_value = real.put_secret_value

    vars(rotator.aws)["secrets"] = WriteOnly()

    assert rotator.run("upload", "--no-wait", "-", stdin=generated.as_downloaded().encode()) == 0
