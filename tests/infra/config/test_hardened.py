"""Settings of a hardened account: paths and names of roles, an existing key, log groups."""

import pytest

from tests.support.config_files import GOOD, issues, written
from token_rotator_cdk.config.load import load

KEY = "arn:aws:kms:eu-west-1:111122223333:key/12345678-1234-abcd-1234-1234567890ab"


def with_stack(*lines: str) -> str:
    return GOOD.replace("[rotators", "\n".join((*lines, "[rotators")), 1)


@pytest.mark.parametrize(
    ("line", "fix"),
    [
        ('role_path = "teams"', "begin and end it with a slash"),
        ('role_path = "/teams"', "begin and end it with a slash"),
        ('role_path = ""', "begin and end it with a slash"),
        ('role_path = "//"', "single slashes"),
        ('role_path = "/a b/"', 'between single slashes: "/teams/data/"'),
        ('role_path = "/a*/"', 'between single slashes: "/teams/data/"'),
        (f'role_path = "/{"a" * 511}/"', "write at most 512 characters; this has 513"),
        ('role_name_prefix = ""', "write up to 30 letters, digits"),
        (f'role_name_prefix = "{"a" * 31}"', "A role's name has at most 64 characters"),
        ('role_name_prefix = "a/b"', "write up to 30 letters, digits"),
        (f'key_arn = "{KEY.replace("key/", "alias/")}"', "not an alias"),
        (f'key_arn = "{KEY[:-1]}"', "with the whole key ID"),
        ('alarm_actions_enabled = "no"', "write true or false, without quotes"),
    ],
)
def test_a_mistake_is_named_with_what_to_write_instead(tmp_path, line, fix):
    said = issues(tmp_path, with_stack(line))

    assert f"[stack] {line.split(' = ')[0]} = " in said
    assert fix in said
    assert len(said.splitlines()) == 2


@pytest.mark.parametrize("path", ["/", "/teams/", "/teams/data/", "/a.b_c+d=e,f@g-h/", "/aws/x/"])
def test_any_path_that_roles_and_policies_may_have_is_accepted(tmp_path, path):
    text = with_stack(f'role_path = "{path}"')

    assert load(written(tmp_path / "rotators.toml", text)).stack.role_path == path


def test_two_rotators_of_a_file_have_two_log_groups_in_whatever_stacks(tmp_path):
    line = 'log_group_name = "/acme/tokens"\n'
    other = '[rotators.other]\nparameter_name = "/o"\nstack = "elsewhere"\n'

    said = issues(tmp_path, f"{GOOD}{line}{other}{line}")

    assert '[rotators.other] log_group_name = "/acme/tokens": write another name' in said
    assert "[rotators.marketing] uses this log group already" in said
    assert len(said.splitlines()) == 2
    load(written(tmp_path / "r.toml", f"{GOOD}{line}{other}{line.replace('tokens', 'o')}"))


def test_a_key_of_another_account_encrypts_anything_but_logs(tmp_path):
    foreign = ('account = "999999999999"', f'key_arn = "{KEY}"')
    load(written(tmp_path / "r.toml", with_stack(*foreign)))

    said = issues(tmp_path, with_stack(*foreign, "log_key = true"))

    assert "[stack] log_key = true: write false: key_arn is in account" in said
    assert "supports only keys of the stack's account, 999999999999" in said
    own = ('account = "111122223333"', f'key_arn = "{KEY}"', "log_key = true")
    load(written(tmp_path / "r.toml", with_stack(*own)))
    nobody_knows = (f'key_arn = "{KEY}"', "log_key = true")
    load(written(tmp_path / "r.toml", with_stack(*nobody_knows)))
