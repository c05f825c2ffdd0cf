"""A report can be published: it tells what was found, and not whose account it is."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support import live_account
from tests.support.live_account import ACCOUNT, LiveAccount
from tests.support.live_cloudwatch import TOPIC
from tests.support.preflight_services import GROUP, SUBNETS, VPC
from tests.unit.cli.live_check.test_reading import BROKEN
from token_rotator_cli.live_check.live_check import STEPS

NAMES = {
    ACCOUNT,
    "tokens",
    "marketing",
    "tokens/marketing",
    live_account.PARAMETER,
    live_account.LOG_GROUP,
    live_account.RULE,
    live_account.SECRET_CHANGED,
    *(
        text
        for arn in (
            *(live_account.KEY, live_account.SECRET, live_account.FUNCTION, live_account.ROLE),
            *(live_account.SCHEDULER, live_account.READER, live_account.TRAIL, live_account.MAILER),
            TOPIC,
        )
        for text in (arn, re.split("[:/]", arn)[-1])
    ),
    *(VPC, GROUP, *SUBNETS),
}
"""Of the account and whatever it holds."""

TELLING = (r"\d{12}", "arn:", "@", r"\d+\.\d+\.\d+\.\d+", "https?://", "0b8f14d1", "eyJ")
"""Account numbers, ARNs, email addresses, addresses, URLs, ids, tokens."""

Break = Callable[[LiveAccount], object]


def fail_loudly(account: LiveAccount) -> None:
    account.cloudwatch.topic_refuses = (
        f"{TOPIC} is not for alarms of {ACCOUNT} at 10.0.12.7; ask ops@example.com, see "
        "https://wiki.example/topics?id=1 (0b8f14d1-92c6-49b4-9ef0-54c70cf38c89)"
    )


def in_a_vpc(account: LiveAccount) -> None:
    ids = {"VpcId": VPC, "SubnetIds": [*SUBNETS], "SecurityGroupIds": [GROUP]}
    account.says["VpcConfig"] = ids


def no_schedules(account: LiveAccount) -> None:
    account.forget(since=account.time.replace(year=2000))


EVERYTHING: dict[str, Break] = {
    "healthy": lambda _: None,
    "a topic that quotes everything": fail_loudly,
    "a network that does not work": in_a_vpc,
    "an empty log": no_schedules,
    **{name: make for name, (make, _, _) in BROKEN.items()},
}


@pytest.mark.parametrize("name", EVERYTHING)
def test_no_report_names_the_account_or_what_is_in_it(
    account: LiveAccount, name: str, tmp_path: Path
):
    EVERYTHING[name](account)
    file = tmp_path / "report.md"

    account.check("--report", str(file), "--alarm", "TokenMarginLow")

    report = file.read_text()
    found = "\n".join(row.split("|")[4] for row in _rows(report))
    assert [
        name for name in NAMES if re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", found)
    ] == []
    assert [form for form in TELLING if re.search(form, report)] == []


def _rows(table: str) -> list[str]:
    return [row for row in table.splitlines() if row.startswith("| `")]


def test_a_report_has_a_row_for_each_check_with_what_was_found(
    account: LiveAccount, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    file = tmp_path / "report.md"

    code = account.check("--report", str(file))

    report = file.read_text()
    assert code == 0
    assert [re.match(r"\| `(\w+)`", row)[1] for row in _rows(report)] == [  # type: ignore[index]
        step.name for step in STEPS
    ]
    assert report.startswith("# Live check of 2026-11-24\n")
    assert "region eu-west-1" in report
    assert "Nothing is wrong." in report
    assert "| `metrics` | ok | CloudWatch counts as many" in report
    assert "Read it before you publish it." in capsys.readouterr().err


def test_a_report_says_what_is_wrong(account: LiveAccount, tmp_path: Path):
    make, step, said = BROKEN["an alarm was deleted"]
    make(account)
    file = tmp_path / "report.md"

    assert account.check("--report", str(file)) == 1

    (row,) = [row for row in _rows(file.read_text()) if f"`{step}`" in row]
    assert "| WRONG |" in row
    assert said in row


@pytest.mark.parametrize("name", ["nowhere/report.md", ""])
def test_a_report_that_cannot_be_written_is_refused_before_anything_is_asked(
    account: LiveAccount, name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    assert account.check("--report", str(tmp_path / name)) == 2

    assert "The report cannot be written to" in capsys.readouterr().err
