"""What would make a deployment fail or hurt is named, and only that; a good account is quiet."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.preflight_account import PARAMETER, PreflightAccount, steps_of
from tests.support.preflight_services import TOPIC
from tests.unit.cli.preflight.bad_accounts import (
    BAD,
    CREATED,
    NAMED,
    named_secret,
    new,
    nothing,
    with_a_renamed_rotator,
    without_a_topic,
)
from tests.unit.cli.preflight.conftest import written
from token_rotator_cli.preflight.preflight import STEPS

NOTHING = "Nothing is wrong.\n"


def deployed_to_the_last(account: PreflightAccount) -> None:
    """All quotas are used up, by this deployment too."""
    account.deploy()
    account.functions.quota = 11
    account.functions.stored_bytes = 80_530_000_000
    account.iam.summary.update(Roles=1000, Policies=1500)
    account.event_rules.rules = 300


@pytest.mark.parametrize(
    ("before", "text"),
    [
        (nothing, CREATED),
        (named_secret, NAMED),
        (PreflightAccount.deploy, CREATED),
        (deployed_to_the_last, CREATED),
        (PreflightAccount.publish, CREATED),
    ],
)
def test_a_good_account_is_quiet(
    account: PreflightAccount,
    before: Callable[[PreflightAccount], None],
    text: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
):
    before(account)

    code = account.preflight(written(tmp_path, text))

    assert (code, capsys.readouterr().out) == (0, NOTHING)


@pytest.mark.parametrize("name", BAD)
def test_a_bad_account_has_the_one_thing_named(
    account: PreflightAccount, name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    spoil, text, step, said = BAD[name]
    spoil(account)

    code = account.preflight(written(tmp_path, text))

    table = capsys.readouterr().out
    assert code == 1
    assert {name: result for name, (result, _) in steps_of(table).items()} == {step: "WRONG"}
    for words in said:
        assert words in steps_of(table)[step][1]
    assert f"\nWrong: {step}.\n" in table
    assert ("ACCEPT=" in table) is (step == "losses")


def test_for_programs_every_step_is_there(
    account: PreflightAccount, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    new(account)

    code = account.preflight(written(tmp_path, CREATED), "--json")

    document = json.loads(capsys.readouterr().out)
    assert code == 1
    assert (document["ok"], document["wrong"], document["unknown"]) == (False, ["concurrency"], [])
    assert [one["step"] for one in document["steps"]] == [step.name for step in STEPS]
    assert {tuple(one["stacks"]) for one in document["steps"]} == {("tokens",)}
    (wrong,) = [one for one in document["steps"] if one["result"] == "wrong"]
    assert wrong["facts"] == {"quota": 10, "unreserved": 10, "reserves": 1}


def test_nothing_but_a_loss_can_be_accepted(
    account: PreflightAccount, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    with_a_renamed_rotator(account)
    file = written(tmp_path, CREATED)

    accepted = account.preflight(file, "--accept", PARAMETER), capsys.readouterr().out
    without_a_topic(account)
    not_accepted = (
        account.preflight(file, "--accept", f"{PARAMETER} {TOPIC}"),
        capsys.readouterr().out,
    )

    assert accepted[0] == 0
    assert steps_of(accepted[1])["losses"][0] == "warning"
    assert f"{PARAMETER}: accepted; tokens/before becomes" in accepted[1]
    assert not_accepted[0] == 1
    assert steps_of(not_accepted[1])["named"][0] == "WRONG"
