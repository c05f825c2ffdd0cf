"""`check` names the step that is wrong, and no other."""

import json
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
import time_machine

from tests.support.operating import SECOND_WATCHDOG, OperatedRotator, Refusing
from tests.unit.cli.broken_rotators import BROKEN
from tests.unit.cli.conftest import REAL
from token_rotator import wiring
from token_rotator.contract import Trigger
from token_rotator_cdk.config.defaults import KEY_LIFETIME_DAYS

broken = pytest.mark.parametrize("name", BROKEN)


@broken
def test_the_step_that_is_wrong_is_named_with_what_to_do(
    rotator: OperatedRotator, name: str, capsys: pytest.CaptureFixture[str]
):
    make, step, error, said = BROKEN[name]
    make(rotator)

    for_programs = rotator.run("check", "--json"), capsys.readouterr().out
    for_people = rotator.run("check"), capsys.readouterr().out

    answer = json.loads(for_programs[1])
    (found,) = [one for one in answer["steps"] if one["result"] == "wrong"]
    assert answer["wrong"] == [step]
    assert (found["step"], found["error"]) == (step, error)
    assert said in found["message"]
    lines = for_people[1].splitlines()
    (wrong,) = [line for line in lines if line.startswith("WRONG")]
    assert wrong.split()[1] == step
    assert said in wrong
    assert lines[-1].startswith(f"Wrong: {step}.")
    assert for_programs[0] == for_people[0] == 1


def test_a_healthy_rotator_passes_and_keeps_its_token(
    rotator: OperatedRotator, capsys: pytest.CaptureFixture[str]
):
    before = rotator.published()
    requests = len(rotator.idp.token_requests)

    code = rotator.run("check", "--json")

    answer = json.loads(capsys.readouterr().out)
    assert (code, answer["wrong"]) == (0, [])
    assert {one["result"] for one in answer["steps"]} == {"ok"}
    assert rotator.published() == before, "check publishes nothing"
    assert len(rotator.idp.token_requests) == requests + 1, "the exchange was a real one"


def test_what_needs_a_wrong_step_is_skipped_and_the_rest_runs(
    rotator: OperatedRotator, capsys: pytest.CaptureFixture[str]
):
    rotator.store("no service account")

    rotator.run("check", "--json")

    results = {one["step"]: one["result"] for one in json.loads(capsys.readouterr().out)["steps"]}
    assert results == {
        "function": "ok", "state": "ok", "secret": "ok", "key": "wrong", "discovery": "skipped",
        "assertion": "skipped", "role": "ok", "encryption_key": "ok", "record": "ok",
        "writers": "ok", "schedules": "ok", "alarms": "ok", "concurrency": "ok",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("age_days", "result"), [(0, "ok"), (669, "ok"), (671, "warning"), (740, "warning")]
)
def test_a_key_that_dies_soon_is_a_warning_and_no_failure(
    rotator: OperatedRotator, age_days: int, result: str, capsys: pytest.CaptureFixture[str]
):
    with time_machine.travel(datetime.now(UTC) + timedelta(days=age_days), tick=False):
        rotator.rotate()

        code = rotator.run("check", "--json")

    steps = {one["step"]: one for one in json.loads(capsys.readouterr().out)["steps"]}
    left = steps["key"]["facts"]["key_days_left"]
    assert (steps["key"]["result"], left) == (result, KEY_LIFETIME_DAYS - 1 - age_days)
    assert steps["assertion"]["result"] == "ok"
    assert code == 0


@pytest.mark.parametrize(
    ("service", "step"),
    [
        *(("iam", "role"), ("function_list", "writers"), ("schedules", "schedules")),
        *(("keys", "encryption_key"), ("cloudwatch", "alarms"), ("topics", "alarms")),
    ],
)
def test_what_the_caller_may_not_see_is_unknown_and_no_failure(
    rotator: OperatedRotator, service: str, step: str, capsys: pytest.CaptureFixture[str]
):
    vars(rotator.aws)[service] = Refusing()

    assert rotator.run("check", "--json") == 0

    results = {one["step"]: one["result"] for one in json.loads(capsys.readouterr().out)["steps"]}
    assert [name for name, result in results.items() if result != "ok"] == [step]
    assert results[step] == "unknown"


def test_one_answer_that_is_not_awss_is_unknown_and_the_other_steps_run(
    rotator: OperatedRotator, capsys: pytest.CaptureFixture[str]
):
    pages = SimpleNamespace(paginate=lambda: iter([{}]))
    vars(rotator.aws)["schedules"] = SimpleNamespace(get_paginator=lambda _: pages)

    code = rotator.run("check", "--json")

    document = json.loads(capsys.readouterr().out)
    assert (code, document["unknown"]) == (0, ["schedules"])
    (page,) = [one for one in document["steps"] if one["step"] == "schedules"]
    assert page["message"].startswith("What answered is not AWS, but the page of a proxy")


def test_a_denial_that_a_local_aws_simulates_is_no_denial(
    rotator: OperatedRotator, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    rotator.simulator.denied.add("kms:GenerateDataKey")
    monkeypatch.setattr(type(rotator.aws), "is_local", property(lambda _: True))

    assert rotator.run("check") == 0

    assert "unknown  role " in capsys.readouterr().out


@pytest.mark.parametrize("local", [False, True])
def test_only_beside_a_local_aws_may_the_identity_provider_be_on_loopback(
    rotator: OperatedRotator,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    *,
    local: bool,
):
    monkeypatch.setattr(wiring, "identity_provider", REAL)
    monkeypatch.setattr(type(rotator.aws), "is_local", property(lambda _: local))

    rotator.run("check", "--json")

    steps = {one["step"]: one for one in json.loads(capsys.readouterr().out)["steps"]}
    assert (steps["discovery"]["result"] == "ok") is local
    assert ("loopback" in steps["discovery"]["message"]) is not local


def test_a_watchdog_that_somebody_deleted_is_missed(
    rotator: OperatedRotator, capsys: pytest.CaptureFixture[str]
):
    rotator.aws.schedules.delete_schedule(Name=SECOND_WATCHDOG)

    for_programs = rotator.run("check", "--json"), json.loads(capsys.readouterr().out)
    for_people = rotator.run("check"), capsys.readouterr().out

    (found,) = [one for one in for_programs[1]["steps"] if one["result"] != "ok"]
    assert (found["step"], found["result"], found["error"]) == ("schedules", "warning", None)
    assert found["facts"]["watchdogs"] == 1
    (line,) = [line for line in for_people[1].splitlines() if line.startswith("warning")]
    assert "1 of 2 watchdogs" in line
    assert "--revert-drift" in line
    assert for_programs[0] == for_people[0] == 0, "tokens are published all the same"


def test_no_watchdog_may_have_been_chosen_and_the_line_says_who_knows(
    rotator: OperatedRotator, capsys: pytest.CaptureFixture[str]
):
    for name in (Trigger.WATCHDOG, SECOND_WATCHDOG):
        rotator.aws.schedules.delete_schedule(Name=name)

    assert rotator.run("check") == 0

    (line,) = [one for one in capsys.readouterr().out.splitlines() if " schedules " in one]
    assert line.startswith("ok")
    assert "right only if watchdog_min_remaining_seconds = 0 was deployed" in line


@pytest.mark.parametrize("sent", [None, "no JSON", "[]", "{}"])
def test_somebody_elses_schedule_is_none_of_ours(
    rotator: OperatedRotator, sent: str | None, capsys: pytest.CaptureFixture[str]
):
    rotator.create_schedule("theirs", "rate(1 hour)", state="DISABLED", sends=sent)

    assert rotator.run("check") == 0

    assert (
        "enabled: 1 schedule rate(4 minutes), 2 watchdog rate(1 minute)" in capsys.readouterr().out
    )


@pytest.mark.parametrize(
    ("concurrency", "result", "said"),
    [
        ((1000, 1), "ok", "1 is reserved for the function; of the account's 1000, 999 are"),
        ((1000, None), "ok", "none is reserved; of the account's 1000, 1000 are unreserved"),
        ((11, 1), "ok", "1 is reserved for the function; of the account's 11, 10 are unreserved"),
        ((11, None), "ok", "none is reserved; of the account's 11, 11 are unreserved"),
        ((10, None), "warning", "deploy with reserve_concurrency = false"),
    ],
)
def test_an_account_without_concurrency_to_spare_is_a_warning(
    rotator: OperatedRotator,
    concurrency: tuple[int, int | None],
    result: str,
    said: str,
    capsys: pytest.CaptureFixture[str],
):
    rotator.functions.quota, rotator.functions.reserved = concurrency

    assert rotator.run("check", "--json") == 0

    steps = {one["step"]: one for one in json.loads(capsys.readouterr().out)["steps"]}
    assert (steps["concurrency"]["result"], steps["concurrency"]["error"]) == (result, None)
    assert said in steps["concurrency"]["message"]


def test_the_accounts_concurrency_is_shown_before_the_first_deployment(
    rotator: OperatedRotator, capsys: pytest.CaptureFixture[str]
):
    rotator.functions.quota, rotator.functions.reserved = 10, None
    rotator.delete_function()

    code = rotator.run("check", "--json")

    answer = json.loads(capsys.readouterr().out)
    results = {one["step"]: one["result"] for one in answer["steps"]}
    assert (code, answer["wrong"]) == (1, ["function"])
    assert results["concurrency"] == "warning"


def test_a_caller_who_may_not_see_the_quota_is_told_so_and_not_that_something_is_wrong(
    rotator: OperatedRotator,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
):
    denied = Refusing().get_account_settings
    monkeypatch.setattr(rotator.functions, "get_account_settings", denied)

    assert rotator.run("check") == 0

    assert "ask for lambda:GetAccountSettings" in capsys.readouterr().out
