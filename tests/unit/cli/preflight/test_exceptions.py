"""What looks wrong at first sight and is not, and what hides behind something else."""

from pathlib import Path

import pytest
from moto import mock_aws

from tests.support.preflight_account import PARAMETER, ROTATOR, PreflightAccount, steps_of
from tests.support.preflight_services import KEY
from tests.unit.cli.preflight.bad_accounts import (
    CREATED,
    IN_AN_ACCOUNT,
    NAMED,
    full_of_rules,
    new,
    of_another_account,
    with_a_deleted_secret,
    with_a_retained_secret,
    without_a_topic,
)
from tests.unit.cli.preflight.conftest import written
from tests.unit.cli.preflight.test_accounts import NOTHING
from token_rotator_cli.aws.clients import Aws


def test_the_functions_of_another_account_are_read_as_the_cdk_reads_there(
    account: PreflightAccount, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    of_another_account(account)
    target = PreflightAccount()
    role = "arn:aws:iam::111122223333:role/cdk-hnb659fds-lookup-role-111122223333-eu-west-1"
    account.may_assume[role] = target
    file = written(tmp_path, IN_AN_ACCOUNT)

    good = account.preflight(file), capsys.readouterr().out
    without_a_topic(target)
    bad = account.preflight(file), capsys.readouterr().out

    assert good == (0, NOTHING)
    assert bad[0] == 1
    assert [*steps_of(bad[1])] == ["named"]
    assert account.calls == ["sts:AssumeRole"] * 2


def test_a_reservation_that_is_there_already_is_not_needed_again(
    account: PreflightAccount, tmp_path: Path
):
    account.deploy()
    account.functions.quota = 11

    assert account.preflight(written(tmp_path, CREATED)) == 0
    assert "lambda:GetFunctionConcurrency" in account.calls


def test_a_rotator_that_reserves_nothing_needs_no_concurrency(
    account: PreflightAccount, tmp_path: Path
):
    new(account)

    assert account.preflight(written(tmp_path, f"{CREATED}reserve_concurrency = false\n")) == 0


def test_a_raised_quota_counts_and_an_unknown_one_is_not_taken_for_the_default(
    account: PreflightAccount, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    full_of_rules(account)
    file = written(tmp_path, CREATED)
    account.quotas.quotas["events", "L-244521F2"] = 500

    raised = account.preflight(file), capsys.readouterr().out
    account.quotas.quotas.clear()
    unknown = account.preflight(file), capsys.readouterr().out

    assert raised == (0, NOTHING)
    assert unknown[0] == 0
    assert steps_of(unknown[1])["rules"][0] == "unknown"


def test_in_a_region_with_a_lower_default_the_quota_is_asked_for(
    account: PreflightAccount, tmp_path: Path
):
    account.event_rules.rules = 100
    account.quotas.quotas["events", "L-244521F2"] = 100

    assert account.preflight(written(tmp_path, CREATED)) == 1


def test_a_parameter_that_a_rotator_of_long_ago_left_is_no_foreign_one(
    account: PreflightAccount, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    account.publish(tags={"token-rotator": "gone/marketing"})

    assert (account.preflight(written(tmp_path, CREATED)), capsys.readouterr().out) == (0, NOTHING)


def test_a_text_is_no_rotators_whatever_its_tags_say(account: PreflightAccount, tmp_path: Path):
    account.parameters.put_foreign(PARAMETER, "theirs")
    account.parameters.parameter(PARAMETER).tags["token-rotator"] = ROTATOR

    assert account.preflight(written(tmp_path, CREATED)) == 1


def test_a_parameter_that_lost_its_tags_is_a_rotators_that_writes_it(
    account: PreflightAccount, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    account.deploy()
    account.parameters.parameter(PARAMETER).tags.clear()

    assert (account.preflight(written(tmp_path, CREATED)), capsys.readouterr().out) == (0, NOTHING)


def test_one_secret_that_may_not_be_seen_does_not_hide_another_one(
    account: PreflightAccount, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    theirs = "arn:aws:secretsmanager:eu-west-1:444455556666:secret:theirs-AbCdEf"
    named = f'secret = {{ arn = "{theirs}", key_arn = "{KEY}" }}\n'
    second = f'[rotators.another]\nparameter_name = "/another"\n{named}'
    with_a_deleted_secret(account)
    account.secrets.fail("describe_secret", "AccessDeniedException")
    account.preflight(
        written(tmp_path, CREATED.replace("[rotators.marketing]", f"{second}[rotators.marketing]"))
    )

    table = capsys.readouterr().out
    assert "WRONG" in table
    assert "Wrong: secrets. Unknown: secrets." in table


def test_a_retained_secret_is_named_with_its_key_also_where_that_may_not_be_seen(
    account: PreflightAccount, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    with_a_retained_secret(account)
    account.refuse("kms:DescribeKey")

    assert account.preflight(written(tmp_path, CREATED)) == 1

    result, message = steps_of(capsys.readouterr().out)["secrets"]
    assert (result, f'key_arn = "{KEY}"' in message) == ("WRONG", True)


def test_a_secret_of_awss_own_key_needs_no_key_in_the_file(
    account: PreflightAccount, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    account.secrets.put("{}")
    account.secrets.key = "alias/aws/secretsmanager"
    file = written(tmp_path, NAMED.replace("key_arn", "# key_arn"))

    assert (account.preflight(file), capsys.readouterr().out) == (0, NOTHING)


def test_it_may_be_read_as_a_role_of_another_account() -> None:
    with mock_aws():
        assumed = Aws(region="eu-west-1").assuming("arn:aws:iam::444455556666:role/lookup")

        assert (assumed.account, assumed.region) == ("444455556666", "eu-west-1")
