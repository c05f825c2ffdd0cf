"""A key that works is not replaced with that of another service account unasked."""

from datetime import timedelta
from pathlib import Path

import pytest

from local.idp import faults
from local.idp.faults import Endpoint
from local.idp.service_account import ServiceAccount
from tests.support.operating import OperatedRotator, Refusing
from tests.unit.cli.upload.uploading import current, failing


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
