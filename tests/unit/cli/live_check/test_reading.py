"""The steps that only read: each names what is wrong, and nothing else."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.support.live_account import PARAMETER, LiveAccount
from tests.support.operated_aws import Refusing
from tests.unit.cli.live_check.conftest import Shown
from token_rotator.contract import Trigger

Break = Callable[[LiveAccount], object]
MINUTE = timedelta(minutes=1)


def attribute(name: str, value: str) -> Break:
    return lambda account: account.store.parameter(PARAMETER).attributes.update({name: value})


def alarm(**differently: object) -> Break:
    return lambda account: account.cloudwatch.add("tokens/marketing/TokenMarginLow", **differently)


def statement(role: str, **differently: object) -> Break:
    def widen(account: LiveAccount) -> None:
        policies = {**account.simulator.of_roles, **account.simulator.managed}
        (statements,) = (s for arn, s in policies.items() if arn.endswith(f"/{role}"))
        statements[-1] = {**statements[-1], **differently}

    return widen


def two_at_a_time(account: LiveAccount) -> None:
    at = account.time - 30 * MINUTE + timedelta(seconds=15)
    account.runs(at, seconds=9, trigger=Trigger.WATCHDOG, outcome="kept")


def deleted_too_early(account: LiveAccount) -> None:
    account.store.delete_parameter(Name=PARAMETER)
    account.rotates(account.time - timedelta(seconds=30), trigger=Trigger.WATCHDOG)


def one_is_late(account: LiveAccount) -> None:
    due = account.time + 3 * MINUTE
    for minutes in range(8):
        account.keeps(account.time + minutes * MINUTE)
    account.rotates(due + timedelta(seconds=75))
    account.sleep(8 * 60)


def nothing_ran(account: LiveAccount) -> None:
    account.keeps(account.time + timedelta(minutes=2))
    account.sleep(180)


BROKEN: dict[str, tuple[Break, str, str]] = {
    "the parameter is a standard one": (
        attribute("Tier", "Standard"), "parameter", "tier is Standard, not Advanced",
    ),
    "another key encrypts it": (attribute("KeyId", "alias/aws/ssm"), "parameter", "key is alias"),
    "it does not expire": (attribute("Policies", "[]"), "parameter", "policies is [], not"),
    "it was deleted while its token lived": (
        deleted_too_early, "versions", "created again with version 1 at 11:59:30",
    ),
    "the schedule is later than its precision": (one_is_late, "schedule", "the latest 75 s"),
    "nothing ran for long": (nothing_ran, "pauses", "more than 120 s"),
    "two ran at a time": (two_at_a_time, "concurrency", "two ran at"),
    "more than one is reserved": (
        lambda account: vars(account).update(reserved=5), "concurrency", "5 are reserved",
    ),
    "the metrics do not arrive": (
        lambda account: account.cloudwatch.sums.pop(("TokenRotator", "TokenPublished")),
        "metrics", "counts 0 tokens, the log holds",
    ),
    "there are no alarms": (
        lambda account: account.cloudwatch.alarms.clear(), "alarms", "There are no alarms",
    ),
    "an alarm's actions are disabled": (
        alarm(ActionsEnabled=False), "alarms", "TokenMarginLow would notify no one",
    ),
    "an alarm tells another topic": (alarm(AlarmActions=[]), "alarms", "TokenMarginLow would"),
    "an alarm is never evaluated": (
        alarm(StateValue="INSUFFICIENT_DATA"), "alarms", "never evaluated TokenMarginLow",
    ),
    "an alarm was deleted": (
        lambda account: account.cloudwatch.alarms.pop("tokens/marketing/FunctionNotInvoked"),
        "alarms", "The stack's alarm FunctionNotInvoked does not exist",
    ),
    "an organization forbids the function its key": (
        lambda account: account.simulator.forbidden.add("kms:Decrypt"),
        "permissions", "What refuses it: a service control policy of the organization.",
    ),
    "the rule is told of no reads": (
        lambda account: vars(account.rules).update(state="ENABLED"),
        "secret_access", "The rule's state is ENABLED",
    ),
    "the rule tells another topic": (
        lambda account: vars(account.rules).update(target="arn:aws:sns:eu-west-1:1:other"),
        "secret_access", "does not notify the alarm topic",
    ),
    "nothing records the readings": (
        lambda account: vars(account).update(records=False),
        "secret_access", "No CloudTrail trail is logging",
    ),
    "the topic takes no message of the rule": (
        lambda account: account.cloudwatch.sums.update({("AWS/Events", "FailedInvocations"): 1}),
        "secret_access", "could not notify the topic 1 times",
    ),
    "the function may use the key for anything": (
        statement("rotator", Condition={}), "permissions", "kms:Decrypt on the key, for anything",
    ),
    "the function may use every key": (
        statement("rotator", Resource="*"), "permissions", "kms:Decrypt on another key",
    ),
    "a consumer may do more with the key": (
        statement("reader", Action="kms:*"), "permissions", "a consumer kms:GenerateDataKey",
    ),
    "Scheduler may call every function": (
        statement("scheduler", Resource="*"), "permissions", "lambda:InvokeFunction on another",
    ),
    "the function is denied its key": (
        statement("rotator", Effect="Deny"), "permissions", "refuses the function kms:",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_wrong_is_named(account: LiveAccount, check: Shown, name: str):
    make, step, said = BROKEN[name]
    make(account)

    code, steps = check()

    assert [one for one in steps if steps[one]["result"] == "wrong"] == [step], steps
    assert said in steps[step]["message"]
    assert code == 1


def test_a_healthy_rotator_passes(check: Shown):
    code, steps = check()

    results = {name: one["result"] for name, one in steps.items()}
    assert {name for name, result in results.items() if result != "ok"} == {"delivery", "expiry"}
    assert results["delivery"] == results["expiry"] == "skipped"
    assert code == 0
    assert steps["versions"]["facts"] == {"publications": 15, "expirations_outlived": 12}
    assert steps["schedule"]["facts"]["invocations"] == 15


def test_reading_changes_nothing(account: LiveAccount, check: Shown):
    before = account.store.value(PARAMETER), account.cloudwatch.alarms.copy()

    check()

    assert (account.store.value(PARAMETER), account.cloudwatch.alarms) == before
    assert account.cloudwatch.notifications == []
    assert "put_parameter" not in account.store.calls[account.store.calls.index("get_parameter") :]


@pytest.mark.parametrize(
    ("service", "step"),
    [
        ("cloudwatch", {"metrics", "alarms", "concurrency", "secret_access"}),
        ("iam", {"permissions"}),
        ("logs", {"log"}),
    ],
)
def test_what_the_caller_may_not_see_is_unknown(check: Shown, service: str, step: set[str]):
    code, steps = check(instead={service: Refusing()})

    assert {one for one in steps if steps[one]["result"] == "unknown"} == step
    assert code == 0
    assert {steps[one]["result"] for one in steps if "needs" in steps[one]["message"]} <= {
        "skipped"
    }


def test_a_version_that_nobody_logged_is_a_warning(account: LiveAccount, check: Shown):
    account.store.put_parameter(Name=PARAMETER, Value="somebody's", Overwrite=True)
    account.rotates(account.time - timedelta(seconds=30), trigger=Trigger.WATCHDOG)

    _, steps = check()

    assert steps["versions"]["result"] == "warning"
    assert "Versions not logged: 16" in steps["versions"]["message"]


def test_a_parameter_that_went_away_in_an_outage_is_no_surprise(account: LiveAccount, check: Shown):
    account.forget(since=account.time - 30 * MINUTE)
    account.store.delete_parameter(Name=PARAMETER)
    account.rotates(account.time - MINUTE)

    _, steps = check()

    assert steps["versions"]["result"] == "ok"
    assert "was deleted when there was no token for long" in steps["versions"]["message"]


def test_an_alarm_that_is_still_warming_up_is_unknown(account: LiveAccount, check: Shown):
    account.cloudwatch.add(
        "tokens/marketing/TokenNotRefreshed",
        StateValue="INSUFFICIENT_DATA",
        AlarmConfigurationUpdatedTimestamp=account.time - 40 * MINUTE,
        WarmUpConfiguration={"WarmUpPeriodDurationInMinutes": 30},
    )

    code, steps = check()

    assert (code, steps["alarms"]["result"]) == (0, "unknown")


def test_without_a_reservation_overlaps_are_told_and_no_failure(account: LiveAccount, check: Shown):
    account.reserved = None
    two_at_a_time(account)

    code, steps = check()

    assert (code, steps["concurrency"]["result"]) == (0, "warning")
    assert "1 overlaps" in steps["concurrency"]["message"]


def test_what_may_have_waited_behind_a_hung_run_says_nothing_about_scheduler(
    account: LiveAccount, check: Shown
):
    due = account.time + 3 * MINUTE
    account.runs(due + timedelta(seconds=20), seconds=55, trigger=Trigger.WATCHDOG, outcome="kept")
    account.rotates(due + timedelta(seconds=77))
    account.sleep(5 * 60)

    schedule = check()[1]["schedule"]

    assert schedule["result"] == "ok"
    assert schedule["facts"]["not_judged"] == 1
    assert schedule["facts"]["offset_seconds"]["most"] == 0
    assert "1 not judged: up to 77 s after the earliest, behind a run" in schedule["message"]


def test_a_delay_that_no_run_explains_counts_beside_one_of_the_same_length(
    account: LiveAccount, check: Shown
):
    due = account.time + 3 * MINUTE
    account.runs(due + timedelta(seconds=20), seconds=55, trigger=Trigger.WATCHDOG, outcome="kept")
    account.rotates(due + timedelta(seconds=77))
    account.rotates(due + 4 * MINUTE + timedelta(seconds=77))
    account.sleep(9 * 60)

    schedule = check()[1]["schedule"]

    assert schedule["result"] == "wrong"
    assert "1 not judged" in schedule["message"]


def test_a_run_that_ended_long_before_explains_no_delay(account: LiveAccount, check: Shown):
    due = account.time + 3 * MINUTE
    account.keeps(due + timedelta(seconds=20))
    account.rotates(due + timedelta(seconds=77))
    account.sleep(5 * 60)

    assert check()[1]["schedule"]["result"] == "wrong"


def test_alerts_that_are_not_deployed_are_skipped(account: LiveAccount, check: Shown):
    account.alerts = False

    code, steps = check()

    assert (code, steps["secret_access"]["result"]) == (0, "skipped")


def test_the_simulators_limits_are_told(check: Shown):
    assert "resource policies were not" in check()[1]["permissions"]["message"]
