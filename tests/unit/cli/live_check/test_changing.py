"""What the live check changes is restored, whatever happens."""

from datetime import timedelta
from typing import Any

import pytest

from tests.support.live_account import KEY, PARAMETER, LiveAccount
from tests.unit.cli.live_check.conftest import Shown

ALARM = "tokens/marketing/TokenMarginLow"
SET_ALARM = ("--alarm", "TokenMarginLow")
EXPIRE = ("--expire", "30")
DELIVERED = ("AWS/SNS", "NumberOfNotificationsDelivered")


def planted(account: LiveAccount) -> list[str]:
    return [name for name in account.store.names() if name != PARAMETER]


def interrupt() -> None:
    raise KeyboardInterrupt


def test_an_alarm_is_set_notifies_and_clears_by_itself(account: LiveAccount, check: Shown):
    code, steps = check(*SET_ALARM)

    assert (code, steps["delivery"]["result"]) == (0, "ok")
    assert "SNS delivered 2 notifications" in steps["delivery"]["message"]
    assert steps["delivery"]["facts"]["cleared_by_itself"]
    assert account.cloudwatch.notifications == [(ALARM, "ALARM"), (ALARM, "OK")]


def test_an_alarm_that_does_not_clear_is_restored(account: LiveAccount, check: Shown):
    account.cloudwatch.evaluates = False

    _, steps = check(*SET_ALARM)

    assert not steps["delivery"]["facts"]["cleared_by_itself"]
    assert account.cloudwatch.alarms[ALARM]["StateValue"] == "OK"


def test_a_topic_that_does_not_take_the_message_is_named(account: LiveAccount, check: Shown):
    account.cloudwatch.topic_refuses = "CloudWatch Alarms is not authorized to use its key."

    code, steps = check(*SET_ALARM)

    assert (code, steps["delivery"]["result"]) == (1, "wrong")
    assert "not authorized to use its key" in steps["delivery"]["message"]
    assert account.cloudwatch.alarms[ALARM]["StateValue"] == "OK"


def test_an_alarm_that_notifies_somebody_else_is_not_set(account: LiveAccount, check: Shown):
    account.cloudwatch.add(ALARM, AlarmActions=["arn:aws:sns:eu-west-1:1:other"])

    _, steps = check(*SET_ALARM)

    assert steps["alarms"]["result"] == "wrong"
    assert steps["delivery"]["result"] == "skipped", "it would tell somebody else"


@pytest.mark.parametrize(
    ("sums", "said"),
    [
        ({}, "SNS reported no delivery"),
        ({DELIVERED: 1, ("AWS/SNS", "NumberOfNotificationsFailed"): 1}, "could not deliver 1"),
    ],
)
def test_a_message_that_does_not_arrive_is_named(
    account: LiveAccount, check: Shown, sums: dict[tuple[str, str], float], said: str
):
    del account.cloudwatch.sums[DELIVERED]
    account.cloudwatch.sums |= sums

    code, steps = check(*SET_ALARM)

    assert (code, steps["delivery"]["result"]) == (1, "wrong")
    assert said in steps["delivery"]["message"]


@pytest.mark.parametrize(
    ("name", "state", "said"),
    [
        ("TokenMarginLow", "ALARM", "is already in ALARM"),
        ("Token", "OK", "There are: FunctionNotInvoked,"),
    ],
)
def test_an_alarm_that_cannot_be_tried_is_left_alone(
    account: LiveAccount, check: Shown, name: str, state: str, said: str
):
    account.cloudwatch.add(ALARM, StateValue=state)

    code, steps = check("--alarm", name)

    assert (code, steps["delivery"]["error"]) == (1, "CheckNotPossible")
    assert said in steps["delivery"]["message"]
    assert account.cloudwatch.notifications == []


def test_an_expired_parameter_is_seen_to_go(account: LiveAccount, check: Shown):
    code, steps = check(*EXPIRE)

    assert (code, steps["expiry"]["result"]) == (0, "ok")
    assert 0 <= steps["expiry"]["facts"]["late_seconds"] <= 7 * 60 + 15
    assert "could be used again at once" in steps["expiry"]["message"]
    assert planted(account) == []
    assert account.store.holds(PARAMETER)


def test_what_is_planted_is_like_the_real_one_and_holds_no_token(
    account: LiveAccount, check: Shown
):
    seen: list[Any] = []
    account.in_each_pause = lambda: seen.extend(
        account.store.parameter(name) for name in planted(account)
    )

    check(*EXPIRE)

    real = account.store.parameter(PARAMETER).attributes
    assert seen[0].attributes | {"Policies": real["Policies"]} == real | {"KeyId": KEY}
    assert seen[0].values == ["made by a live check; holds no token"]


def test_a_parameter_that_stays_is_a_miss_and_is_deleted(account: LiveAccount, check: Shown):
    account.scans = False

    code, steps = check(*EXPIRE)

    assert (code, steps["expiry"]["result"]) == (1, "wrong")
    assert "30 minutes after its Expiration" in steps["expiry"]["message"]
    assert planted(account) == []


def test_a_parameter_that_goes_too_early_is_a_miss(account: LiveAccount, check: Shown):
    def delete() -> None:
        for name in planted(account):
            account.store.delete_parameter(Name=name)

    account.in_each_pause = delete

    code, steps = check(*EXPIRE)

    assert (code, steps["expiry"]["result"]) == (1, "wrong")
    assert "s before its Expiration" in steps["expiry"]["message"]


@pytest.mark.parametrize(("times", "result"), [(7, "ok"), (1000, "wrong")])
def test_a_name_that_is_refused_for_a_while_is_told(
    account: LiveAccount, check: Shown, times: int, result: str
):
    def once_it_is_gone() -> None:
        if len(account.store.calls) and not planted(account):
            account.in_each_pause = lambda: None
            account.store.fail("put_parameter", "TooManyUpdates", times=times)

    account.in_each_pause = once_it_is_gone

    _, steps = check(*EXPIRE)

    assert steps["expiry"]["result"] == result
    if result == "ok":
        assert steps["expiry"]["facts"]["refused_seconds"] == times


@pytest.mark.parametrize("options", [SET_ALARM, EXPIRE])
def test_an_interrupted_check_restores_everything(
    account: LiveAccount, options: tuple[str, ...], capsys: pytest.CaptureFixture[str]
):
    account.cloudwatch.evaluates = False
    account.in_each_pause = interrupt

    code = account.check(*options)

    assert code == 130
    assert "restored" in capsys.readouterr().err
    assert planted(account) == []
    assert account.cloudwatch.alarms[ALARM]["StateValue"] == "OK"
    assert account.store.calls[-1] == "delete_parameter" or options == SET_ALARM


def test_what_could_not_be_cleaned_up_is_told(
    account: LiveAccount, capsys: pytest.CaptureFixture[str]
):
    account.scans = False
    account.store.fail("delete_parameter", "AccessDeniedException")

    account.check(*EXPIRE)

    (name,) = planted(account)
    assert f"aws ssm delete-parameter --name {name}" in capsys.readouterr().err


def test_it_says_beforehand_what_it_will_touch(
    account: LiveAccount, capsys: pytest.CaptureFixture[str]
):
    account.scans = False
    seen: list[Any] = []
    account.in_each_pause = lambda: seen.append((planted(account), capsys.readouterr()))

    account.check(*SET_ALARM, *EXPIRE)

    _, first = seen[0]
    assert f"Will set the alarm {ALARM} to ALARM and restore it, within 18 minutes" in first.err
    (name,) = next(names for names, _ in seen if names)
    assert f"Will create {name}, wait at most 32 minutes until SSM deletes it" in first.err


def test_without_such_options_it_says_that_it_reads_only(
    account: LiveAccount, capsys: pytest.CaptureFixture[str]
):
    account.check()

    assert capsys.readouterr().err.splitlines()[1:] == ["Read-only, for about a minute."]


def test_the_bound_holds(account: LiveAccount, check: Shown):
    account.scans = False
    begun = account.time

    check(*EXPIRE)

    assert account.time - begun <= timedelta(minutes=33)
