"""What `check` says of the AWS side: parameter, schedules, alarms, log, drift, concurrency."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine

from tests.support.operated_aws import Denying, FakeStacks, Refusing
from tests.support.operating import LOG_GROUP, PARAMETER, SECOND_WATCHDOG, OperatedRotator
from tests.unit.cli.check.checking import OUTPUTS, steps
from token_rotator.contract import Trigger


def test_a_value_that_no_rotation_has_published_is_wrong_once_the_log_would_show_one(
    rotator: OperatedRotator, capsys: pytest.CaptureFixture[str]
):
    vars(rotator.aws)["functions"] = Denying(rotator.functions, "invoke")
    rotator.publish("sentinel-foreign")

    at_once = steps(rotator, capsys)["record"]
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=61), tick=False):
        later = steps(rotator, capsys)["record"]
        status = rotator.run("status")

    assert at_once["result"] == "ok"
    assert (later["result"], later["error"]) == ("wrong", "PublicationError")
    assert "No rotation published version 2" in later["message"]
    assert status == 1


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda rotator: rotator.aws.parameters.delete_parameter(Name=PARAMETER), "does not exist"),
        (lambda _: None, "expired"),
    ],
)
def test_consumers_without_a_token_are_told_where_the_function_cannot_help(
    rotator: OperatedRotator,
    capsys: pytest.CaptureFixture[str],
    spoil: Callable[[OperatedRotator], object],
    said: str,
):
    rotator.idp.reject(rotator.account)
    spoil(rotator)

    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=310), tick=False):
        found = steps(rotator, capsys)

    wrong = [name for name, one in found.items() if one["result"] == "wrong"]
    assert wrong == ["exchange", "record", "triggered"]
    assert said in found["record"]["message"]


@pytest.mark.parametrize(
    ("subscribed", "result", "said"),
    [
        ([], "warning", "there are no subscriptions"),
        (["PendingConfirmation"], "warning", "1 subscriptions are not confirmed"),
        (["arn:1", "PendingConfirmation"], "ok", "1; 1 wait for a confirmation"),
    ],
)
def test_alarms_that_nobody_is_told_of_are_a_warning(
    rotator: OperatedRotator,
    capsys: pytest.CaptureFixture[str],
    subscribed: list[str],
    result: str,
    said: str,
):
    pages = [{"Subscriptions": [{"SubscriptionArn": one} for one in subscribed]}]
    paginator = SimpleNamespace(paginate=lambda **_: iter(pages))
    topics = rotator.aws.topics
    vars(rotator.aws)["topics"] = SimpleNamespace(
        get_paginator=lambda _: paginator, get_topic_attributes=topics.get_topic_attributes
    )

    found = steps(rotator, capsys)["subscribers"]

    assert found["result"] == result
    assert said in found["message"]


def test_an_alarm_that_rings_is_named(rotator: OperatedRotator, capsys: pytest.CaptureFixture[str]):
    name = "stack/marketing/RefreshFailing"
    rotator.aws.cloudwatch.set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="a test")

    found = steps(rotator, capsys)["alarms"]

    assert (found["result"], found["facts"]["in_alarm"]) == ("warning", [name])


def test_a_log_that_is_kept_for_ever_is_a_warning(
    rotator: OperatedRotator, capsys: pytest.CaptureFixture[str]
):
    rotator.aws.logs.delete_retention_policy(logGroupName=LOG_GROUP)

    assert steps(rotator, capsys)["log"]["result"] == "warning"


DRIFTED = {"StackDriftStatus": "DRIFTED", "LastCheckTimestamp": datetime(2026, 11, 24, tzinfo=UTC)}


@pytest.mark.parametrize(
    ("drift", "result", "said"),
    [
        ({"StackDriftStatus": "NOT_CHECKED"}, "ok", "detect-stack-drift --stack-name stack"),
        ({**DRIFTED, "StackDriftStatus": "IN_SYNC"}, "ok", "none on 2026-11-24 00:00 UTC"),
        (DRIFTED, "warning", "on 2026-11-24 00:00 UTC: Watchdog2 (deleted). Deploy the stack"),
    ],
)
def test_what_was_changed_by_hand_is_told_as_cloudformation_last_saw_it(
    rotator: OperatedRotator,
    capsys: pytest.CaptureFixture[str],
    drift: dict[str, Any],
    result: str,
    said: str,
):
    vars(rotator.aws)["cloudformation"] = FakeStacks(OUTPUTS, drift=drift)

    rotator.run("check", "--stack", "stack", "--json")

    steps = {one["step"]: one for one in json.loads(capsys.readouterr().out)["steps"]}
    assert steps["drift"]["result"] == result
    assert said in steps["drift"]["message"]


def test_a_watchdog_that_somebody_deleted_is_missed(
    rotator: OperatedRotator, capsys: pytest.CaptureFixture[str]
):
    rotator.aws.schedules.delete_schedule(Name=SECOND_WATCHDOG)

    for_programs = rotator.run("check", "--json"), json.loads(capsys.readouterr().out)
    for_people = rotator.run("check"), capsys.readouterr().out

    (found,) = [one for one in for_programs[1]["steps"] if one["result"] == "warning"]
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
    assert "correct only with watchdog_min_remaining_seconds = 0" in line


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
    assert (code, answer["wrong"]) == (1, ["rotator"])
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
