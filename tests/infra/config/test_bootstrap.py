"""The table ``[stack.bootstrap]``: what is accepted, and what is named with what to write."""

import pytest

from tests.support.config_files import GOOD, issues, written
from token_rotator_cdk.config.load import load

ROLE = "arn:aws:iam::111122223333:role/platform/deploy"
BY_NAME = "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/${Qualifier}-deploy-${AWS::Region}"
ROLES = [
    *("file_asset_publishing_role_arn", "deploy_role_arn"),
    *("cloud_formation_execution_role", "lookup_role_arn"),
]


def document(lines: str, *, stack: str = "") -> str:
    return GOOD.replace("[rotators", f"{stack}\n[stack.bootstrap]\n{lines}\n[rotators", 1)


@pytest.mark.parametrize(
    ("line", "fix"),
    [
        ('qualifier = "elevenchars"', "write up to 10 letters, digits, _ and -"),
        ('qualifier = "two words"', "write up to 10 letters, digits, _ and -"),
        ('qualifier = ""', "write up to 10 letters, digits, _ and -"),
        ('file_assets_bucket_name = "arn:aws:s3:::assets"', "the bucket's name, not its ARN"),
        ('file_assets_bucket_name = "Assets"', "lowercase letters"),
        ('file_assets_bucket_name = "ab"', "write 3 to 63 characters; this has 2"),
        ('file_assets_bucket_name = "assets-${Account}"', "${Qualifier}, ${AWS::AccountId}"),
        ('file_assets_bucket_name = "${AWS::AccountId}-"', "write the bucket's name"),
        ('bucket_prefix = "/rotator/"', "without a leading slash"),
        ('bucket_prefix = ""', "such as token-rotator/"),
        (
            'deploy_role_arn = "deploy"',
            "write the ARN of a role: arn:${AWS::Partition}:iam::ACCOUNT:role/NAME",
        ),
        ('lookup_role_arn = "arn:aws:iam::111122223333:user/me"', "write the ARN of a role"),
        ('lookup_role_arn = "arn:aws:iam::111122223333:role/${Name}"', "${AWS::Region}"),
        ('bootstrap_stack_version_ssm_parameter = "version"', "a leading slash"),
        ('bootstrap_stack_version_ssm_parameter = "/v/${AWS::Region}"', "a leading slash"),
        ('cli_credentials = "yes"', "write true or false"),
        ('bucket_name = "assets"', "unknown key"),
    ],
)
def test_a_mistake_is_named_with_what_to_write(tmp_path, line, fix):
    key, value = line.split(" = ", 1)

    said = issues(tmp_path, document(line))

    assert f"[stack.bootstrap] {key} = {value.removesuffix(chr(34))[:60]}" in said
    assert fix in said
    assert len(said.splitlines()) == 2


@pytest.mark.parametrize(
    "line",
    [
        'qualifier = "Team_1-eu"',
        'file_assets_bucket_name = "cdk-${Qualifier}-assets-${AWS::AccountId}-${AWS::Region}"',
        'bucket_prefix = "rotators/${Qualifier}/"',
        'bootstrap_stack_version_ssm_parameter = "/platform/${Qualifier}/version"',
        *(f'{key} = "{arn}"' for key in ROLES for arn in (ROLE, BY_NAME)),
    ],
)
@pytest.mark.parametrize("stack", ["", 'region = "eu-west-1"\naccount = "111122223333"'])
def test_what_the_cdk_takes_is_accepted(tmp_path, line, stack):
    key, value = line.split(" = ", 1)

    loaded = load(written(tmp_path / "rotators.toml", document(line, stack=stack)))

    assert getattr(loaded.stack.bootstrap, key) == value.strip('"')


@pytest.mark.parametrize(
    ("line", "stack", "fix"),
    [
        ('qualifier = "a"', "", None),
        (f'KEY = "{ROLE}"', 'account = "444455556666"', "write a role in account 444455556666"),
        (f'KEY = "{ROLE}"', 'region = "cn-north-1"', "write a role in the partition aws-cn"),
        (f'KEY = "{BY_NAME}"', 'region = "cn-north-1"\naccount = "444455556666"', None),
        (
            'KEY = "arn:aws:iam::${AWS::AccountId}:role/x"',
            'region = "us-gov-west-1"\naccount = "444455556666"',
            "write a role in the partition aws-us-gov",
        ),
    ],
)
@pytest.mark.parametrize("key", ROLES)
def test_a_role_that_the_stack_cannot_be_deployed_with_is_named(tmp_path, key, line, stack, fix):
    text = document(line.replace("KEY", key), stack=stack)

    if fix is None:
        assert load(written(tmp_path / "rotators.toml", text)).stack.name == "tokens"
    else:
        said = issues(tmp_path, text)
        assert f"[stack.bootstrap] {key} = " in said
        assert f"{fix}" in said
        assert len(said.splitlines()) == 2


@pytest.mark.parametrize(
    "line",
    [
        *(f'{key} = "{ROLE}"' for key in ROLES),
        'bootstrap_stack_version_ssm_parameter = "/platform/version"',
    ],
)
def test_what_the_callers_credentials_have_no_use_for_is_named(tmp_path, line):
    said = issues(tmp_path, document(f"{line}\ncli_credentials = true"))

    assert f"[stack.bootstrap] {line.split(' = ')[0]} = " in said
    assert "leave it out: with cli_credentials = true, the CDK assumes no role" in said
    assert len(said.splitlines()) == 2


def test_the_callers_credentials_go_with_a_bucket_of_any_name(tmp_path):
    lines = (
        'cli_credentials = true\nqualifier = "team"\nbucket_prefix = "a/"\n'
        'file_assets_bucket_name = "releases"'
    )

    assert load(
        written(tmp_path / "rotators.toml", document(lines))
    ).stack.bootstrap.cli_credentials
