"""An existing key: nothing is created beside it, and its policy stays its owner's."""

import json
from typing import Any

import pytest

from tests.support.infra_templates import (
    Resource,
    a_deployment,
    a_rotator,
    a_stack,
    arn,
    only,
    resources,
    template,
)
from token_rotator_cdk.config.key_policy import (
    StackPlace,
    statements_for_roles,
    statements_for_services,
)

KEY = "arn:aws:kms:eu-west-1:111122223333:key/mrk-1234abcd1234abcd1234abcd1234abcd"
PLACE = StackPlace(
    partition="aws", region="eu-west-1", account="111122223333", dns_suffix="amazonaws.com"
)
EVERYTHING: dict[str, Any] = {
    "log_key": True,
    "secret_access_alerts": True,
    "alarm_emails": ("ops@example.com",),
}


def keys_named(document: Resource) -> set[str]:
    text = json.dumps(document)
    return {part.split('"')[0] for part in text.split('"')[1:] if part.startswith("arn:aws:kms")}


def by_sid(statements: list[Any]) -> dict[str, Any]:
    """The CDK sorts actions."""
    return {one["Sid"]: {**one, "Action": sorted(one["Action"])} for one in statements}


def test_no_key_is_created_and_everything_that_is_encrypted_is_with_the_named_one():
    document = template(a_stack(key_arn=KEY, **EVERYTHING), a_rotator(share_with=("444455556666",)))

    assert resources(document, "AWS::KMS::Key") == {}
    assert '"KeyPolicy"' not in json.dumps(document)
    assert only(document, "AWS::SNS::Topic")["KmsMasterKeyId"] == KEY
    assert only(document, "AWS::SecretsManager::Secret")["KmsKeyId"] == KEY
    assert only(document, "AWS::Logs::LogGroup")["KmsKeyId"] == KEY
    variables = only(document, "AWS::Lambda::Function")["Environment"]["Variables"]
    assert variables["PARAMETER_KEY_ARN"] == KEY
    assert keys_named(document) == {KEY}


def test_the_roles_may_use_the_named_key_and_no_more_than_the_created_one():
    def used(key: str | None) -> list[Any]:
        document = template(a_stack(key_arn=key, **EVERYTHING))
        text = json.dumps(resources(document, "AWS::IAM::Role"))
        created = next(iter(resources(document, "AWS::KMS::Key")), "")
        whole = json.dumps({"Fn::GetAtt": [created, "Arn"]})
        return list(json.loads(text.replace(whole, json.dumps(KEY))).values())

    assert used(KEY) == used(None)


def test_the_created_key_allows_services_exactly_what_a_named_one_has_to():
    """One function makes both."""
    stack = a_stack(**EVERYTHING, account=PLACE.account, region=PLACE.region)
    sales = a_rotator(parameter_name="/sales/token")
    document = template(stack, a_rotator(), sales=sales)

    (root, *created) = only(document, "AWS::KMS::Key")["KeyPolicy"]["Statement"]
    wanted = [*statements_for_services(a_deployment(stack, a_rotator(), sales=sales), PLACE)]
    text = json.dumps(created).replace(
        json.dumps({"Fn::Join": ["", ["logs.eu-west-1.", {"Ref": "AWS::URLSuffix"}]]}),
        json.dumps("logs.eu-west-1.amazonaws.com"),
    )
    groups = "logs:eu-west-1:111122223333:log-group:tokens-*"
    joined = {"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, f":{groups}"]]}
    text = text.replace(json.dumps(joined), json.dumps(f"arn:aws:{groups}"))
    assert root["Action"] == "kms:*"
    assert by_sid(json.loads(text)) == by_sid(wanted)


def test_roles_need_the_key_for_their_parameters_secrets_and_topic_alone():
    deployment = a_deployment(
        a_stack(key_arn=KEY, **EVERYTHING),
        a_rotator(),
        named=a_rotator(
            parameter_name="/named/token",
            secret={
                "arn": "arn:aws:secretsmanager:eu-west-1:111122223333:secret:n-AbCdEf",
                "key_arn": KEY,
            },
        ),
    )

    found = {one["Sid"]: one for one in statements_for_roles(deployment, PLACE)}

    assert {one["Principal"]["AWS"] for one in found.values()} == {"arn:aws:iam::111122223333:root"}
    assert {sid: one["Condition"] for sid, one in found.items()} == {
        "TokenRotatorParameters": {
            "StringEquals": {
                "kms:EncryptionContext:PARAMETER_ARN": [
                    "arn:aws:ssm:eu-west-1:111122223333:parameter/marketing/token",
                    "arn:aws:ssm:eu-west-1:111122223333:parameter/named/token",
                ]
            }
        },
        "TokenRotatorSecrets": {
            "StringLike": {
                "kms:EncryptionContext:SecretARN": [
                    "arn:aws:secretsmanager:eu-west-1:111122223333:secret:tokens/marketing-??????"
                ]
            }
        },
        "TokenRotatorTopics": {
            "StringLike": {
                "kms:EncryptionContext:aws:sns:topicArn": [
                    "arn:aws:sns:eu-west-1:111122223333:tokens-AlarmTopic*"
                ]
            }
        },
    }


@pytest.mark.parametrize(
    ("settings", "sids"),
    [
        ({}, {"AlarmsMayPublish"}),
        ({"alarm_topic_arn": "arn:aws:sns:eu-west-1:111122223333:alarms"}, set()),
        ({"log_key": True}, {"AlarmsMayPublish", "LogsOfThisStack"}),
    ],
)
def test_services_need_the_key_only_for_what_the_stack_creates(
    settings: dict[str, Any], sids: set[str]
):
    deployment = a_deployment(a_stack(key_arn=KEY, **settings))

    assert {one["Sid"] for one in statements_for_services(deployment, PLACE)} == sids


def test_the_topic_has_the_name_by_which_the_key_knows_it():
    """CloudFormation names it by the stack and the logical ID."""
    (topic,) = resources(template(), "AWS::SNS::Topic")

    assert topic.startswith("AlarmTopic")
    assert "TopicName" not in only(template(), "AWS::SNS::Topic")


def test_alarms_can_be_kept_from_telling_anybody():
    quiet = resources(template(a_stack(alarm_actions_enabled=False)), "AWS::CloudWatch::Alarm")
    loud = resources(template(), "AWS::CloudWatch::Alarm")

    assert {one["ActionsEnabled"] for one in quiet.values()} == {False}
    assert all(one["AlarmActions"] for one in quiet.values()), "they are only switched off"
    assert all(one.get("ActionsEnabled", True) for one in loud.values())


def test_a_log_group_has_the_name_that_is_given_and_the_key_is_open_to_it():
    name = "/acme/tokens/marketing"
    document = template(
        a_stack(log_key=True),
        a_rotator(log_group_name=name),
        sales=a_rotator(parameter_name="/sales/token"),
        other=a_rotator(parameter_name="/other/token", log_group_name="/acme/other"),
    )

    groups = resources(document, "AWS::Logs::LogGroup")
    assert sorted(one.get("LogGroupName", "") for one in groups.values()) == [
        *("", "/acme/other", name),
    ]
    statements = only(document, "AWS::KMS::Key")["KeyPolicy"]["Statement"]
    opened = [one for one in statements if str(one.get("Sid", "")).startswith("LogsOf")]
    assert len({one["Sid"] for one in opened}) == 3, "KMS refuses two with one Sid"
    allowed = [one["Condition"]["ArnLike"]["kms:EncryptionContext:aws:logs:arn"] for one in opened]
    for group in (name, "/acme/other", "tokens-*"):
        assert arn(f"logs:log-group:{group}") in allowed
    writing = [
        statement["Resource"]
        for role in resources(document, "AWS::IAM::Role").values()
        for policy in role["Policies"]
        for statement in policy["PolicyDocument"]["Statement"]
        if "logs:PutLogEvents" in statement["Action"]
    ]
    assert writing == [{"Fn::GetAtt": [group, "Arn"]} for group in groups]
