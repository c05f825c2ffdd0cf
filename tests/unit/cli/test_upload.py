"""`upload` stores only what the function can use, and shows whether it has taken effect."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine

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


def without_the_log(rotator: OperatedRotator) -> Callable[[], None]:
    """The caller may not read the log; what is returned rotates, and the function still logs."""
    logs = vars(rotator.aws)["logs"]

    def rotated() -> None:
        vars(rotator.aws)["logs"] = logs
        rotator.secret_changed()
        vars(rotator.aws)["logs"] = Refusing()

    vars(rotator.aws)["logs"] = Refusing()
    return rotated


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


def test_who_may_only_write_can_upload(rotator: OperatedRotator, generated: ServiceAccount):
    real = vars(rotator.aws)["secrets"]

    class WriteOnly(Refusing):
        put_secret_value = real.put_secret_value

    vars(rotator.aws)["secrets"] = WriteOnly()

    assert rotator.run("upload", "--no-wait", "-", stdin=generated.as_downloaded().encode()) == 0


def previous(rotator: OperatedRotator) -> str | None:
    """The version that the function would fall back on."""
    labels = rotator.aws.secrets.describe_secret(SecretId=rotator.secret)["VersionIdsToStages"]
    return next((version for version, stages in labels.items() if "AWSPREVIOUS" in stages), None)


# A key that has leaked


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

    assert "The previous version stays" in capsys.readouterr().err
    assert previous(rotator) == rotator.version_id


def test_another_file_that_was_stored_in_between_ends_it(
    rotator: OperatedRotator, downloaded: Path, capsys: pytest.CaptureFixture[str]
):
    def twice() -> None:
        rotator.secret_changed()
        rotator.store(rotator.account.as_downloaded())

    rotator.while_waiting = [twice]

    assert rotator.run("upload", str(downloaded), "--forget-previous") == 1

    assert "is not the current one any more" in capsys.readouterr().err
    assert previous(rotator) is not None


def test_forgetting_waits(rotator: OperatedRotator, downloaded: Path):
    assert rotator.run("upload", str(downloaded), "--forget-previous", "--no-wait") == 2

    assert current(rotator) == rotator.account.as_downloaded()


# The file that is stored already


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

    assert "You may not read the function's log" in shown(capsys)


# Whose key is replaced


@pytest.fixture
def other() -> ServiceAccount:
    """Another service account."""
    return ServiceAccount.generate(discovery_endpoint="https://idp.example/us1", client_id="other")


def test_a_key_that_works_is_not_replaced_with_another_accounts_without_consent(
    rotator: OperatedRotator, other: ServiceAccount, capsys: pytest.CaptureFixture[str]
):
    assert rotator.run("upload", "--no-wait", "-", stdin=other.as_downloaded().encode()) == 1

    said = capsys.readouterr().err
    assert f"The key of service account {rotator.account.client_id} works" in said
    assert f"--replaces {rotator.account.client_id}" in said
    assert current(rotator) == rotator.account.as_downloaded()


@pytest.mark.parametrize(("named", "code"), [("", 0), ("x", 1)])
def test_consent_is_the_name_of_the_account(
    rotator: OperatedRotator, other: ServiceAccount, named: str, code: int
):
    option = ("--replaces", rotator.account.client_id + named)
    content = other.as_downloaded().encode()

    assert rotator.run("upload", "--no-wait", "-", *option, stdin=content) == code

    assert (current(rotator) == other.as_downloaded()) is (code == 0)


@pytest.mark.parametrize(("typed", "code"), [("", 0), ("no", 1)])
def test_at_a_terminal_it_asks(
    rotator: OperatedRotator, other: ServiceAccount, tmp_path: Path, typed: str, code: int
):
    file = tmp_path / "downloaded.txt"
    file.write_text(other.as_downloaded())
    answer = (typed or rotator.account.client_id).encode() + b"\n"

    assert rotator.run("upload", "--no-wait", str(file), stdin=answer, terminal=True) == code

    assert (current(rotator) == other.as_downloaded()) is (code == 0)


def test_a_key_that_does_not_work_is_replaced_without_a_question(
    rotator: OperatedRotator, other: ServiceAccount
):
    rotator.idp.reject(rotator.account)
    failing(rotator)

    assert rotator.run("upload", "--no-wait", "-", stdin=other.as_downloaded().encode()) == 0


def test_an_outage_of_the_provider_is_no_reason_not_to_ask(
    rotator: OperatedRotator, other: ServiceAccount
):
    rotator.idp.fail(Endpoint.TOKEN, faults.status(503), times=None)
    failing(rotator)

    assert rotator.run("upload", "--no-wait", "-", stdin=other.as_downloaded().encode()) == 1


def test_without_the_log_a_token_that_lives_is_a_reason_to_ask(
    rotator: OperatedRotator, other: ServiceAccount
):
    vars(rotator.aws)["logs"] = Refusing()
    content = other.as_downloaded().encode()

    assert rotator.run("upload", "--no-wait", "-", stdin=content) == 1
    rotator.waited += timedelta(seconds=301)
    assert rotator.run("upload", "--no-wait", "-", stdin=content) == 0


# A dry run


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


def test_a_secret_of_another_region_is_named_with_both(
    rotator: OperatedRotator, downloaded: Path, capsys: pytest.CaptureFixture[str]
):
    elsewhere = rotator.secret.replace("eu-west-1", "us-east-1")
    rotator.configure(rotator.environment | {"SECRET_ARN": elsewhere})

    assert rotator.run("upload", str(downloaded)) == 1

    said = capsys.readouterr().err
    assert "is in us-east-1, and the rotator in eu-west-1" in said
