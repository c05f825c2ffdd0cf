"""`check` names the step that is wrong, and no other."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine

from tests.support.operating import (
    FUNCTION,
    LOG_GROUP,
    PARAMETER,
    SECOND_WATCHDOG,
    Denying,
    FakeStacks,
    OperatedRotator,
    Refusing,
)
from tests.unit.cli.broken_rotators import BROKEN, throttles
from token_rotator.contract import RotationStep, Trigger, Variable
from token_rotator.errors import TokenRequestRefused
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


def steps(rotator: OperatedRotator, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    rotator.run("check", "--json")
    return {one["step"]: one for one in json.loads(capsys.readouterr().out)["steps"]}


def results(found: dict[str, Any], *, but: str = "ok") -> dict[str, str]:
    """The results that are not ``ok``."""
    return {name: one["result"] for name, one in found.items() if one["result"] != but}


OUTPUTS = {"MarketingFunctionName": FUNCTION, "MarketingParameterName": PARAMETER}
STEPS = (
    *("rotator", "function", "state", "invocation"),
    *RotationStep,
    *("record", "encryption_key", "writers", "schedules", "triggered", "rules", "roles"),
    *("alarms", "subscribers", "log", "concurrency", "drift"),
)


def test_a_healthy_rotator_passes_and_gets_a_fresh_token_that_is_published(
    rotator: OperatedRotator, capsys: pytest.CaptureFixture[str]
):
    requests = len(rotator.idp.token_requests)

    code = rotator.run("check", "--json")

    answer = json.loads(capsys.readouterr().out)
    found = {one["step"]: one for one in answer["steps"]}
    assert (code, answer["wrong"]) == (0, [])
    assert results(found) == {"drift": "skipped"}, "only the function was named"
    assert tuple(found) == STEPS
    assert len(rotator.idp.token_requests) == requests + 1
    assert rotator.published()["Version"] == found["record"]["facts"]["version"] == 2
    assert found["publish"]["facts"]["parameter_version"] == 2
    assert found["key"]["message"].startswith("RSA key (2048 bits), stored 0 days ago; at most ")
    assert found["discovery"]["facts"]["token_endpoint"] == rotator.idp.token_endpoint
    assert found["exchange"]["message"].startswith("accepted; the token lives 300 s (")


def test_neither_the_secret_nor_the_tokens_value_is_read(
    rotator: OperatedRotator, monkeypatch: pytest.MonkeyPatch
):
    secrets, parameters, keys = rotator.aws.secrets, rotator.aws.parameters, rotator.aws.keys
    rotator.start(secrets=secrets, parameters=parameters)
    decrypted: list[bool] = []
    real = parameters.get_parameter

    def read(**asked: Any) -> Any:
        decrypted.append(asked["WithDecryption"])
        return real(**asked)

    vars(rotator.aws).update(
        secrets=Refusing(),
        parameters=SimpleNamespace(get_parameter=read),
        keys=Denying(keys, "decrypt"),
    )

    assert [rotator.run(command) for command in ("check", "rotate", "status")] == [0, 0, 0]
    assert decrypted == [False, False]


def test_what_needs_a_wrong_step_is_skipped_and_the_rest_runs(
    rotator: OperatedRotator, capsys: pytest.CaptureFixture[str]
):
    rotator.store("no service account")
    rotator.store("nor this")

    found = steps(rotator, capsys)

    assert results(found) == {
        "key": "wrong", "discovery": "skipped", "assertion": "skipped", "exchange": "skipped",
        "publish": "skipped", "drift": "skipped",
    }  # fmt: skip


def test_where_the_previous_key_works_the_current_one_is_wrong_and_the_rest_is_told(
    rotator: OperatedRotator, capsys: pytest.CaptureFixture[str]
):
    rotator.store("no service account")

    found = steps(rotator, capsys)

    assert results(found) == {"key": "wrong", "drift": "skipped"}
    assert "the previous one worked" in found["key"]["message"]
    assert found["publish"]["result"] == "ok"


def test_the_function_tells_what_it_is_asked_even_where_lambda_sends_no_log(
    rotator: OperatedRotator, capsys: pytest.CaptureFixture[str]
):
    rotator.idp.reject(rotator.account)
    rotator.functions.tail = False

    in_the_log = steps(rotator, capsys)
    vars(rotator.aws)["logs"] = Denying(rotator.aws.logs, "get_paginator")
    in_the_error_alone = steps(rotator, capsys)

    assert in_the_log["exchange"]["error"] == "TokenRequestRefused"
    assert in_the_error_alone["exchange"]["result"] == "skipped"
    assert in_the_error_alone["invocation"]["error"] == "TokenRequestRefused"


def test_a_log_that_was_cut_at_its_beginning_still_holds_the_report(
    rotator: OperatedRotator, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    """Lambda sends the last 4 KB, of which libraries may have written the first."""
    rotator.idp.reject(rotator.account)
    real = rotator.rotate

    def talkative(**event: object) -> dict[str, object]:
        try:
            return real(**event)
        finally:
            rotator.printed = "{" + "x" * 9000 + "\n" + rotator.printed + '{"type": "END"}\n'

    monkeypatch.setattr(rotator, "rotate", talkative)

    assert steps(rotator, capsys)["exchange"]["error"] == "TokenRequestRefused"


def test_whoever_may_not_invoke_it_is_told_what_the_log_says(
    rotator: OperatedRotator, capsys: pytest.CaptureFixture[str]
):
    rotator.idp.reject(rotator.account)
    with pytest.raises(TokenRequestRefused):
        rotator.rotate(trigger=Trigger.WATCHDOG)
    vars(rotator.aws)["functions"] = Denying(rotator.functions, "invoke")

    found = steps(rotator, capsys)

    assert found["invocation"]["result"] == "unknown"
    assert "ask for lambda:InvokeFunction" in found["invocation"]["message"]
    assert found["exchange"]["error"] == "TokenRequestRefused"
    assert found["exchange"]["message"].startswith("by the log, 20")
    assert "(watchdog): The token endpoint refused" in found["exchange"]["message"]


def test_a_throttled_function_is_told_with_who_throttles_it(
    rotator: OperatedRotator, capsys: pytest.CaptureFixture[str]
):
    throttles(rotator)

    found = steps(rotator, capsys)

    wrong = [name for name, one in found.items() if one["result"] == "wrong"]
    assert wrong == ["invocation", "concurrency"]
    assert "TooManyRequestsException" in found["invocation"]["message"]
    assert "0 is reserved for the function" in found["concurrency"]["message"]
    assert found["publish"]["message"].startswith("by the log, "), "the last one that ran"


def test_a_busy_function_is_asked_again(
    rotator: OperatedRotator, capsys: pytest.CaptureFixture[str]
):
    real = rotator.functions.invoke
    busy = Refusing("TooManyRequestsException").invoke
    rotator.functions.invoke = busy  # type: ignore[method-assign]
    rotator.while_waiting = [lambda: vars(rotator.functions).update(invoke=real)]

    assert rotator.run("check") == 0


def test_without_the_function_the_stack_tells_what_is_left(
    rotator: OperatedRotator, capsys: pytest.CaptureFixture[str]
):
    rotator.idp.reject(rotator.account)
    with pytest.raises(TokenRequestRefused):
        rotator.rotate(trigger=Trigger.SCHEDULE)
    vars(rotator.aws)["cloudformation"] = FakeStacks(OUTPUTS, log_groups=[LOG_GROUP])
    rotator.delete_function()

    code = rotator.run("check", "--stack", "stack", "--json")

    answer = json.loads(capsys.readouterr().out)
    found = {one["step"]: one for one in answer["steps"]}
    assert (code, answer["wrong"]) == (1, ["function", "exchange"])
    assert (
        f"no function arn:aws:lambda:eu-west-1:123456789012:function:{FUNCTION} in"
        in (found["function"]["message"])
    )
    assert found["exchange"]["message"].startswith("by the log, ")
    assert found["record"]["message"].startswith(f"version 1 of {PARAMETER}: 29")
    assert found["schedules"]["result"] == found["alarms"]["result"] == "ok"


def test_what_the_function_tells_besides_is_a_warning(
    rotator: OperatedRotator, capsys: pytest.CaptureFixture[str]
):
    rotator.start(parameters=Denying(rotator.aws.parameters, "get_parameter"))

    found = steps(rotator, capsys)["invocation"]

    assert found["result"] == "warning"
    assert "The parameter could not be read (AccessDeniedException)" in found["message"]


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
    assert "No rotation has published version 2" in later["message"]
    assert status == 1


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda rotator: rotator.aws.parameters.delete_parameter(Name=PARAMETER), "There is no"),
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
    ("age_days", "result"), [(0, "ok"), (669, "ok"), (671, "warning"), (740, "warning")]
)
def test_a_key_that_dies_soon_is_a_warning_and_no_failure(
    rotator: OperatedRotator, age_days: int, result: str, capsys: pytest.CaptureFixture[str]
):
    with time_machine.travel(datetime.now(UTC) + timedelta(days=age_days), tick=False):
        rotator.rotate(trigger=Trigger.SCHEDULE)

        found = steps(rotator, capsys)

    left = found["key"]["facts"]["key_days_left"]
    assert (found["key"]["result"], left) == (result, KEY_LIFETIME_DAYS - 1 - age_days)
    assert found["exchange"]["result"] == "ok"


def test_a_secret_of_another_region_is_told_with_both_regions(
    rotator: OperatedRotator, capsys: pytest.CaptureFixture[str]
):
    there = rotator.secret.replace("eu-west-1", "us-east-1")
    rotator.environment[Variable.SECRET_ARN] = there
    rotator.configure(rotator.environment)
    rotator.start(secrets=Denying(rotator.aws.secrets, "get_secret_value", "ValidationException"))

    found = steps(rotator, capsys)["secret"]

    assert found["result"] == "wrong"
    assert "The secret is in us-east-1. The function is in eu-west-1" in found["message"]


@pytest.mark.parametrize(
    ("service", "unknown"),
    [
        *(("iam", ["roles"]), ("function_list", ["writers"]), ("schedules", ["schedules"])),
        *(("keys", ["encryption_key"]), ("cloudwatch", ["alarms"])),
        *(("topics", ["alarms", "subscribers"]), ("event_rules", ["rules"])),
        ("logs", ["triggered", "log"]),
    ],
)
def test_what_the_caller_may_not_see_is_unknown_and_no_failure(
    rotator: OperatedRotator,
    service: str,
    unknown: list[str],
    capsys: pytest.CaptureFixture[str],
):
    vars(rotator.aws)[service] = Refusing()

    assert rotator.run("check", "--json") == 0

    assert json.loads(capsys.readouterr().out)["unknown"] == unknown


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


@pytest.mark.parametrize(
    ("subscribed", "result", "said"),
    [
        ([], "warning", "nobody has subscribed"),
        (["PendingConfirmation"], "warning", "1 subscriptions wait for somebody to follow"),
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

    assert (found["result"], found["facts"]["ringing"]) == ("warning", [name])


def test_a_log_that_is_kept_for_ever_is_a_warning(
    rotator: OperatedRotator, capsys: pytest.CaptureFixture[str]
):
    rotator.aws.logs.delete_retention_policy(logGroupName=LOG_GROUP)

    assert steps(rotator, capsys)["log"]["result"] == "warning"


DRIFTED = {"StackDriftStatus": "DRIFTED", "LastCheckTimestamp": datetime(2026, 11, 24, tzinfo=UTC)}


@pytest.mark.parametrize(
    ("drift", "result", "said"),
    [
        ({"StackDriftStatus": "NOT_CHECKED"}, "ok", "detect-stack-drift --stack-name stack does"),
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
