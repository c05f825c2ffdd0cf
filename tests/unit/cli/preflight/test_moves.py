"""Another path or prefix of roles, and another key: who is told what, before it happens."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.preflight_account import PARAMETER, PreflightAccount
from tests.unit.cli.preflight.bad_accounts import CREATED
from tests.unit.cli.preflight.conftest import written
from tests.unit.cli.preflight.test_losses import KEPT, KEY, deployed, table
from token_rotator_cdk.config.models.deployment import Deployment
from token_rotator_cdk.config.models.rotator import RotatorConfig
from token_rotator_cdk.config.models.stack import StackConfig
from token_rotator_cdk.config.rules.iam import RoleKind, role_name
from token_rotator_cli.preflight.losses import losses
from token_rotator_cli.preflight.moves import moves
from token_rotator_cli.preflight.planned.from_file import stacks_of_file
from token_rotator_cli.preflight.planned.stacks import PlannedStack

ROTATOR = "tokens/marketing"
IAM = "arn:aws:iam::123456789012:role"
NEW_KEY = "arn:aws:kms:eu-west-1:123456789012:key/mrk-" + "1234abcd" * 4


def chosen(prefix: str, path: str) -> str:
    name = role_name(prefix, RoleKind.ROTATE, of=ROTATOR, path=path, region="eu-west-1")
    return f"{IAM}{path}{name}"


def planned(settings: dict[str, Any], rotator: RotatorConfig | None = None) -> list[PlannedStack]:
    file = Deployment(
        stack=StackConfig(name="tokens", **settings),
        rotators={"marketing": rotator or table("/marketing")},
    )
    return [*stacks_of_file(file)]


BOTH = {"role_path": "/a/", "role_name_prefix": "a-"}
STAY = {
    "neither is chosen": (f"{IAM}/tokens-Role-1A2B", {}),
    "the same path": (f"{IAM}/a/tokens-Role-1A2B", {"role_path": "/a/"}),
    "the root, said": (f"{IAM}/tokens-Role-1A2B", {"role_path": "/"}),
    "the same of both": (chosen("a-", "/a/"), BOTH),
}
MOVE = {
    "a path": (f"{IAM}/tokens-Role-1A2B", {"role_path": "/a/"}),
    "another path": (f"{IAM}/b/tokens-Role-1A2B", {"role_path": "/a/"}),
    "a longer path": (f"{IAM}/a/tokens-Role-1A2B", {"role_path": "/a/b/"}),
    "no path any more": (f"{IAM}/a/tokens-Role-1A2B", {}),
    "a prefix": (f"{IAM}/tokens-Role-1A2B", {"role_name_prefix": "a-"}),
    "a prefix that the stack's name has": (f"{IAM}/a-Role-1A2B", {"role_name_prefix": "a-"}),
    "another prefix": (chosen("b-", "/"), {"role_name_prefix": "a-"}),
    "no prefix any more": (chosen("a-", "/"), {}),
    "another path with a prefix": (chosen("a-", "/b/"), BOTH),
}


@pytest.mark.parametrize("name", STAY)
def test_where_roles_stay_nobody_is_told(name: str):
    role, settings = STAY[name]
    there = [deployed(ROTATOR, "/marketing", role_arn=role)]
    shared = table("/marketing", share_with=("444455556666",))

    assert [*moves(planned(settings), there)] == []
    assert [*losses(planned(settings, shared), there)] == []


@pytest.mark.parametrize("name", MOVE)
def test_consumers_of_this_account_keep_reading_and_are_told_what_to_attach(name: str):
    role, settings = MOVE[name]
    there = [deployed(ROTATOR, "/marketing", role_arn=role)]

    (move,) = moves(planned(settings), there)

    assert move.parameter_name == "/marketing"
    assert "The old reader policy stays attached" in move.message
    assert [*losses(planned(settings), there)] == []


@pytest.mark.parametrize("name", MOVE)
def test_consumers_of_other_accounts_lose_the_role_that_they_assume(name: str):
    role, settings = MOVE[name]
    shared = table("/marketing", share_with=("444455556666",))

    (lost,) = losses(planned(settings, shared), [deployed(ROTATOR, "/marketing", role_arn=role)])

    assert "the role of share_with by its ARN" in lost.message


@pytest.mark.parametrize("settings", [{}, {"key_arn": NEW_KEY}])
def test_the_key_that_is_there_already_costs_nothing(settings: dict[str, str]):
    there = [deployed(ROTATOR, "/marketing", key_arn=NEW_KEY)]

    assert [*losses(planned(settings), there)] == []


def test_another_key_is_a_gap_until_the_next_rotation():
    (lost,) = losses(planned({"key_arn": NEW_KEY}), [deployed(ROTATOR, "/marketing")])

    assert lost.parameter_name == "/marketing"
    assert "gets another key" in lost.message
    assert "As soon as the deployment is complete, run `token-rotator rotate`" in lost.message


def test_a_rename_with_another_key_says_both():
    stack = StackConfig(name="tokens", key_arn=NEW_KEY)
    file = Deployment(stack=stack, rotators={"sales": table("/marketing", secret=KEPT)})

    (lost,) = losses([*stacks_of_file(file)], [deployed(ROTATOR, "/marketing", key_arn=KEY)])

    assert "gets another key" in lost.message


def test_a_move_is_a_warning_and_does_not_stop_a_deployment(
    account: PreflightAccount, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    account.deploy()
    file = written(tmp_path, CREATED.replace("[stack]", '[stack]\nrole_path = "/teams/"'))

    for_people = account.preflight(file), capsys.readouterr().out
    for_programs = account.preflight(file, "--json"), capsys.readouterr().out

    assert for_people[0] == for_programs[0] == 0
    first, last = for_people[1].splitlines()
    assert first.startswith("warning  moves")
    assert f"{PARAMETER}: the roles and the reader policy of tokens/marketing" in first
    assert last == "Nothing is wrong."
    (row,) = (one for one in json.loads(for_programs[1])["steps"] if one["step"] == "moves")
    assert (row["result"], row["facts"]) == ("warning", {"parameter": PARAMETER})
