"""Every key that holds an ARN is compared with where the stack goes: the models say which do."""

import json
import tomllib
from typing import Any

import pytest

from tests.infra.config.test_accepted import uncommented
from tests.infra.config.test_places import ELSEWHERE, UNIT
from token_rotator_cdk.config.document.check import check
from token_rotator_cdk.config.document.nesting import nested_table, tables, value_at
from token_rotator_cdk.config.issues import KeyPath
from token_rotator_cdk.config.load import issues_of
from token_rotator_cdk.config.models.deployment import Deployment

MAY_BE_OF_ANOTHER_ACCOUNT = {
    ("stack", "alarm_topic_arn"),
    ("stack", "key_arn"),
    ("rotators", "marketing", "share_with"),
    ("rotators", "marketing", "secret", "arn"),  # with its customer key
    ("rotators", "marketing", "secret", "key_arn"),
}
"""What AWS shares between accounts: docs/configure/settings.md says what each of them needs."""


def keys_with_arns() -> list[KeyPath]:
    """By the pattern of the rule, or by the name, where somebody forgot the rule."""
    return [
        (*path, key)
        for path, model in tables(Deployment, name="marketing")
        for key in model.model_fields
        if not nested_table(model, key)
        and (
            "arn:" in json.dumps(model.model_json_schema()["properties"][key])
            or key == "arn"
            or key.endswith(("_arn", "_arns"))
        )
    ]


def sample() -> dict[str, Any]:
    """The sample file with every key in force: everything is in eu-west-1 of 111122223333."""
    document = tomllib.loads(uncommented())
    rotator = document["rotators"]["marketing"]
    rotator["share_with"] = [UNIT]
    rotator["identity_provider"]["profile"] = "jwt-bearer"
    return document


def said_of(path: KeyPath, *changes: tuple[str, str]) -> list[str]:
    """What is said about a key where its ARN is changed."""
    table = value_at(document := sample(), path[:-1])
    assert isinstance(table, dict)
    written = json.dumps(table[path[-1]])
    for old, new in changes:
        assert old in written, f"{path} is not in the place of the sample"
        written = written.replace(old, new)
    table[path[-1]] = json.loads(written)
    issues = issues_of(check(Deployment, document))
    return [one.fix for one in issues if (*one.table, one.key) == path]


def test_the_models_have_keys_with_arns_and_the_sample_is_accepted():
    assert {
        ("stack", "alarm_topic_arn"),
        ("stack", "permissions_boundary"),
        ("stack", "code_signing_config_arn"),
        ("rotators", "marketing", "share_with"),
        ("rotators", "marketing", "secret", "arn"),
        ("rotators", "marketing", "secret", "key_arn"),
    } <= {*keys_with_arns()}
    assert {path[-1] for path in keys_with_arns()} - {path[-1] for path in HAVE_A_REGION} == {
        *("permissions_boundary", "share_with", "file_asset_publishing_role_arn"),
        *("deploy_role_arn", "cloud_formation_execution_role", "lookup_role_arn"),
    }
    assert issues_of(check(Deployment, sample())) == []


def region_in(path: KeyPath) -> tuple[str, ...]:
    """The region of the sample's ARN. IAM and Organizations are global."""
    return ("eu-west-1",) if "eu-west-1" in json.dumps(value_at(sample(), path)) else ()


HAVE_A_REGION = [path for path in keys_with_arns() if region_in(path)]


@pytest.mark.parametrize("path", keys_with_arns(), ids=".".join)
@pytest.mark.parametrize(("region", "partition"), sorted(ELSEWHERE))
def test_an_arn_of_another_partition_is_a_mistake_of_its_key(
    path: KeyPath, region: str, partition: str
):
    place = [(one, region) for one in region_in(path)]

    (fix,) = said_of(path, ("arn:aws:", f"arn:{partition}:"), *place)

    assert "in the partition aws (arn:aws:...), where the s" in fix  # the stack or the secret


@pytest.mark.parametrize("path", HAVE_A_REGION, ids=".".join)
@pytest.mark.parametrize(("region", "partition"), sorted(ELSEWHERE))
def test_an_arn_that_contradicts_itself_is_a_mistake_of_its_key(
    path: KeyPath, region: str, partition: str
):
    (fix,) = said_of(path, ("eu-west-1", region))

    assert fix == f"write arn:{partition}:..., the partition of {region}"


@pytest.mark.parametrize("path", HAVE_A_REGION, ids=".".join)
def test_an_arn_of_another_region_is_a_mistake_of_its_key(path: KeyPath):
    (fix,) = said_of(path, ("eu-west-1", "eu-north-1"))

    assert " in eu-west-1, where the s" in fix  # the stack goes, or the secret is


@pytest.mark.parametrize("path", keys_with_arns(), ids=".".join)
def test_an_arn_of_another_account_is_a_mistake_unless_aws_shares_such_resources(path: KeyPath):
    found = said_of(path, ("111122223333", "999999999999"))

    if path in MAY_BE_OF_ANOTHER_ACCOUNT:
        assert found == []
    else:
        (fix,) = found
        assert "in account 111122223333, where the stack goes" in fix


@pytest.mark.parametrize(
    ("path", "wrong", "shown"),
    [
        (
            ("rotators", "marketing", "secret", "key_arn"),
            ("arn:aws:kms:eu-west-1:111122223333:key/", "arn:aws-cn:kms:cn-north-1:1:alias/"),
            "write the key's ARN, not an alias: arn:aws-cn:kms:REGION:ACCOUNT:key/KEY-ID",
        ),
        (
            ("rotators", "marketing", "share_with"),
            ("arn:aws:organizations::111122223333:ou/", "arn:aws-us-gov:organizations::1:root/"),
            "arn:aws-us-gov:organizations::ACCOUNT:organization/o-...",
        ),
        (
            ("stack", "alarm_topic_arn"),
            ("arn:aws:sns:eu-west-1:111122223333:", ""),
            "write the ARN of a standard topic: arn:aws:sns:REGION:ACCOUNT:NAME",
        ),
    ],
)
def test_what_to_write_is_shown_in_the_partition_that_was_written(
    path: KeyPath, wrong: tuple[str, str], shown: str
):
    (fix,) = said_of(path, wrong)

    assert shown in fix
    assert ("arn:aws:" in fix) == ("arn:aws:" in shown)
