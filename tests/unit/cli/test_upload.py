"""`upload` stores what the function can use, nothing else, and tells whether it took effect."""

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
    """Generate/Refresh gave one more key; nobody has registered it yet."""
    return ServiceAccount.generate(
        discovery_endpoint=account.discovery_endpoint, client_id=account.client_id
    )


@pytest.fixture
def downloaded(world: OperatedRotator, generated: ServiceAccount, tmp_path: Path) -> Path:
    world.idp.register(generated.client_id, generated.public_key_pem)
    world.idp.accept(generated)
    file = tmp_path / "downloaded.txt"
    file.write_text(generated.as_downloaded(), encoding="utf-8")
    return file


def current(world: OperatedRotator) -> str:
    return world.aws.secrets.get_secret_value(SecretId=world.secret)["SecretString"]


def failing(world: OperatedRotator) -> None:
    with pytest.raises(RotationError):
        world.secret_changed()


def interrupt() -> None:
    raise KeyboardInterrupt


def test_a_new_key_is_stored_and_seen_to_work(
    world: OperatedRotator,
    downloaded: Path,
    generated: ServiceAccount,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
):
    at_debug(caplog)
    world.while_waiting = [lambda: None, world.secret_changed]

    assert world.run("upload", str(downloaded)) == 0

    said = capsys.readouterr().out
    assert generated.private_key_pem.splitlines()[1] not in said + caplog.text
    assert f"service account {generated.client_id}, RSA key (2048 bits)" in said
    assert "Published by a rotation (secret-changed) that used it." in said
    assert current(world) == generated.as_downloaded()
    assert world.idp.token_requests[-1].key == generated.key_fingerprint


def test_a_program_gets_one_document(
    world: OperatedRotator,
    downloaded: Path,
    generated: ServiceAccount,
    capsys: pytest.CaptureFixture[str],
):
    world.while_waiting = [world.secret_changed]

    assert world.run("upload", str(downloaded), "--json") == 0
    stored = json.loads(capsys.readouterr().out)
    assert world.run("upload", str(downloaded), "--json") == 0
    again = json.loads(capsys.readouterr().out)

    version = world.aws.secrets.get_secret_value(SecretId=world.secret)["VersionId"]
    assert stored == {
        "ok": True,
        "service_account": generated.client_id,
        "stored_version": version,
        "published": "Published by a rotation (secret-changed) that used it.",
    }
    assert again == stored | {"stored_version": None, "published": None}


def test_the_version_before_stays_for_the_fall_back(world: OperatedRotator, downloaded: Path):
    world.run("upload", "--no-wait", str(downloaded))

    previous = world.aws.secrets.get_secret_value(SecretId=world.secret, VersionStage="AWSPREVIOUS")
    assert previous["VersionId"] == world.version_id


def test_stdin_will_do(world: OperatedRotator, generated: ServiceAccount):
    assert world.run("upload", "--no-wait", "-", stdin=generated.as_downloaded().encode()) == 0

    assert current(world) == generated.as_downloaded()


def test_no_wait_does_not_wait(world: OperatedRotator, downloaded: Path):
    world.while_waiting = [lambda: pytest.fail("it waited")]

    assert world.run("upload", "--no-wait", str(downloaded)) == 0


def test_the_same_file_once_more_is_not_stored(
    world: OperatedRotator, capsys: pytest.CaptureFixture[str]
):
    assert world.run("upload", "-", stdin=world.account.as_downloaded().encode()) == 0

    assert "Nothing was stored" in capsys.readouterr().out
    assert world.aws.secrets.get_secret_value(SecretId=world.secret)["VersionId"] == (
        world.version_id
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
    "UTF-16": (lambda file: file.encode("utf-16"), "not a text in UTF-8"),
    "endless": (lambda file: file.encode() * 100, "larger than 64 KiB"),
}


@pytest.mark.parametrize("name", UNUSABLE)
def test_what_the_function_could_not_use_is_refused_and_not_stored(
    world: OperatedRotator,
    generated: ServiceAccount,
    name: str,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
):
    at_debug(caplog)
    make, said = UNUSABLE[name]

    assert world.run("upload", "-", stdin=make(generated.as_downloaded())) == 1

    output = shown(capsys) + caplog.text
    assert said in output
    hidden = [*generated.private_key_pem.splitlines()[1:-1], "sentinel"]
    assert [secret for secret in hidden if secret in output] == []
    assert current(world) == world.account.as_downloaded()


def test_a_file_that_is_not_there_is_named(
    world: OperatedRotator, capsys: pytest.CaptureFixture[str]
):
    assert world.run("upload", "nowhere.txt") == 1

    assert "nowhere.txt cannot be read: No such file" in capsys.readouterr().err


def test_a_refused_key_is_told_and_that_consumers_are_served(
    world: OperatedRotator,
    downloaded: Path,
    generated: ServiceAccount,
    capsys: pytest.CaptureFixture[str],
):
    world.idp.reject(generated)
    world.while_waiting = [world.secret_changed]

    assert world.run("upload", str(downloaded)) == 1

    said = capsys.readouterr().err
    assert said.startswith("The new key does not work. Consumers still get tokens, with the prev")
    assert "TokenRequestRefused" in said


def test_when_both_keys_are_refused_that_is_told(
    world: OperatedRotator,
    downloaded: Path,
    generated: ServiceAccount,
    capsys: pytest.CaptureFixture[str],
):
    world.idp.reject(generated)
    world.idp.reject(world.account)
    world.while_waiting = [lambda: failing(world)]

    assert world.run("upload", str(downloaded)) == 1

    assert "The new key does not work. TokenRequestRefused" in capsys.readouterr().err


def test_a_rotation_that_had_begun_with_the_old_key_does_not_count(
    world: OperatedRotator, downloaded: Path, capsys: pytest.CaptureFixture[str]
):
    def with_the_old_key() -> None:
        new = world.aws.secrets.get_secret_value(SecretId=world.secret)["VersionId"]
        world.make_current(world.version_id, instead_of=new)
        world.rotate()
        world.make_current(new, instead_of=world.version_id)

    world.while_waiting = [with_the_old_key, interrupt]

    assert world.run("upload", str(downloaded)) == 130

    assert world.published()["Version"] == 2
    assert "Published" not in capsys.readouterr().out


def test_a_failure_before_the_upload_does_not_count(
    world: OperatedRotator, downloaded: Path, capsys: pytest.CaptureFixture[str]
):
    world.idp.reject(world.account)
    failing(world)
    world.while_waiting = [lambda: None, world.secret_changed]

    assert world.run("upload", str(downloaded)) == 0

    assert "Published by a rotation" in capsys.readouterr().out


def test_a_passing_failure_is_waited_out(
    world: OperatedRotator, downloaded: Path, capsys: pytest.CaptureFixture[str]
):
    world.idp.fail(Endpoint.TOKEN, faults.status(503), times=None)
    world.while_waiting = [lambda: failing(world), world.idp.recover, world.secret_changed]

    assert world.run("upload", str(downloaded)) == 0

    assert "Published by a rotation" in capsys.readouterr().out


def test_when_nothing_happens_it_gives_up_and_says_what_next(
    world: OperatedRotator, downloaded: Path, capsys: pytest.CaptureFixture[str]
):
    def the_time_is_over() -> None:
        world.waited += LONGEST_WAIT

    world.idp.fail(Endpoint.TOKEN, faults.status(503), times=None)
    world.while_waiting = [lambda: failing(world), the_time_is_over]

    assert world.run("upload", str(downloaded)) == 1

    said = capsys.readouterr().err
    assert "No token was published for it within" in said
    assert "IdentityProviderDown" in said


def test_who_may_not_read_the_log_is_told_of_the_parameter(
    world: OperatedRotator, downloaded: Path, capsys: pytest.CaptureFixture[str]
):
    logs = vars(world.aws)["logs"]

    def rotated() -> None:
        vars(world.aws)["logs"] = logs
        world.secret_changed()
        vars(world.aws)["logs"] = Refusing()

    vars(world.aws)["logs"] = Refusing()
    world.while_waiting = [lambda: None, rotated]

    assert world.run("upload", str(downloaded)) == 0

    assert "Version 2 of the parameter was published since." in capsys.readouterr().out


def test_who_may_only_write_can_upload(world: OperatedRotator, generated: ServiceAccount):
    real = vars(world.aws)["secrets"]

    class WriteOnly(Refusing):
        put_secret_value = real.put_secret_value

    vars(world.aws)["secrets"] = WriteOnly()

    assert world.run("upload", "--no-wait", "-", stdin=generated.as_downloaded().encode()) == 0
