"""The construct in another CDK app: a name is enough, and the app's own resources are used."""

from typing import Any

import pytest
from aws_cdk import App, Aws, CfnParameter, Duration, Environment, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import aws_sns as sns

from tests.support.infra_templates import (
    NAMED_KEY,
    NAMED_SECRET,
    Resource,
    attribute,
    logical_id,
    only,
    reader_policy,
    rendered,
    resources,
)
from token_rotator.contract import Metric, Variable
from token_rotator.settings import Settings
from token_rotator_cdk import IdentityProvider, TokenRotator, ValueFormat
from token_rotator_cdk.config.rules.aws import LOG_RETENTION_DAYS
from token_rotator_cdk.constructs.log_retention import RETENTION

NAME = "/intelligence/marketing/access-token"


def a_stack(**options: Any) -> Stack:
    return Stack(App(), "Tokens", **options)


def a_rotator(stack: Stack, construct_id: str = "Marketing", **arguments: Any) -> TokenRotator:
    settings = {"parameter_name": NAME, "code": lambda_.Code.from_inline("stub"), **arguments}
    return TokenRotator(stack, construct_id, **settings)


def variables(document: Resource) -> dict[str, Any]:
    return dict(only(document, "AWS::Lambda::Function")["Environment"]["Variables"])


def test_a_name_is_enough():
    stack = a_stack()
    rotator = a_rotator(stack)

    document = rendered(stack)
    assert rotator.parameter_name == NAME
    for kind in ("AWS::KMS::Key", "AWS::SecretsManager::Secret", "AWS::Lambda::Function"):
        assert only(document, kind)
    assert only(document, "AWS::SecretsManager::Secret")["Name"] == "Tokens/Marketing"
    assert variables(document)[Variable.ROTATOR] == "Tokens/Marketing"
    schedules = resources(document, "AWS::Scheduler::Schedule").values()
    assert sorted(one["ScheduleExpression"] for one in schedules) == [
        *("rate(1 minute)", "rate(1 minute)", "rate(4 minutes)"),
    ]


def test_alarms_tell_nobody_until_there_is_a_topic_and_are_at_hand_by_name():
    stack = a_stack()
    rotator = a_rotator(stack)
    action = actions.SnsAction(sns.Topic(stack, "Pager"))
    rotator.alarms["TokenNotRefreshed"].add_alarm_action(action)

    document = rendered(stack)
    alarms = resources(document, "AWS::CloudWatch::Alarm")
    told = [alarm for alarm in alarms.values() if "AlarmActions" in alarm]
    assert {alarm["AlarmName"] for alarm in told} == {"Tokens/Marketing/TokenNotRefreshed"}
    assert len(alarms) == len(rotator.alarms) == 6
    assert isinstance(rotator.alarms["RefreshFailing"], cloudwatch.Alarm)


def test_what_the_app_has_is_used_and_nothing_is_created_beside_it():
    stack = a_stack()
    key, topic = kms.Key(stack, "Key"), sns.Topic(stack, "Alarms")
    secret = secretsmanager.Secret(stack, "Credential", encryption_key=key)
    rotator = a_rotator(stack, secret=secret, encryption_key=key, alarm_topic=topic)

    document = rendered(stack)
    assert rotator.secret is secret
    assert len(resources(document, "AWS::KMS::Key")) == 1
    assert len(resources(document, "AWS::SecretsManager::Secret")) == 1
    arn = {"Ref": logical_id(document, "AWS::SecretsManager::Secret")}
    assert variables(document)[Variable.SECRET_ARN] == arn
    (role,) = (
        role
        for role in resources(document, "AWS::IAM::Role").values()
        if "Execution role" in role["Description"]
    )
    statements = role["Policies"][0]["PolicyDocument"]["Statement"]
    assert [one["Resource"] for one in statements if "SecretARN" in str(one)] == [
        attribute(document, "AWS::KMS::Key", "Arn")
    ]
    alarms = resources(document, "AWS::CloudWatch::Alarm").values()
    target = {"Ref": logical_id(document, "AWS::SNS::Topic")}
    assert all(alarm["AlarmActions"] == alarm["OKActions"] == [target] for alarm in alarms)


def test_a_named_secret_brings_its_key():
    stack = a_stack()
    secret = secretsmanager.Secret.from_secret_attributes(
        stack,
        "Secret",
        secret_complete_arn=NAMED_SECRET,
        encryption_key=kms.Key.from_key_arn(stack, "SecretKey", NAMED_KEY),
    )
    a_rotator(stack, secret=secret)

    document = rendered(stack)
    assert variables(document)[Variable.SECRET_ARN] == NAMED_SECRET
    assert NAMED_KEY in str(resources(document, "AWS::IAM::Role"))


def test_every_argument_reaches_the_function():
    stack = a_stack()
    a_rotator(
        stack,
        rotator_name="data/marketing",
        identity_provider=IdentityProvider.rfc7523(
            audience="https://idp.example.com",
            assertion_lifetime=Duration.seconds(90),
            assertion_backdate=Duration.seconds(20),
            key_id="key-1",
            scope="read",
        ),
        token_lifetime=Duration.minutes(10),
        interval=Duration.minutes(5),
        watchdog_min_remaining=Duration.seconds(0),
        value_format=ValueFormat.TOKEN,
        expiration_grace=Duration.hours(1),
        parameter_tags={"team": "data"},
        memory_size=512,
        log_retention=logs.RetentionDays.ONE_YEAR,
        secret=secretsmanager.Secret.from_secret_complete_arn(stack, "Secret", NAMED_SECRET),
        encryption_key=kms.Key.from_key_arn(stack, "Named", NAMED_KEY),
    )

    document = rendered(stack)
    read = Settings.from_environment(variables(document))
    assert read.rotator == "data/marketing"
    assert (read.audience, read.key_id, read.scope) == ("https://idp.example.com", "key-1", "read")
    assert read.assertion_lifetime is not None
    assert read.assertion_lifetime.total_seconds() == 90
    assert read.assertion_backdate.total_seconds() == 20
    assert read.token_lifetime.total_seconds() == 600
    assert read.expiration_grace.total_seconds() == 3600
    assert read.value_format is ValueFormat.TOKEN
    assert read.parameter_tags == {"team": "data", "token-rotator": "data/marketing"}
    assert only(document, "AWS::Lambda::Function")["MemorySize"] == 512
    assert only(document, "AWS::Logs::LogGroup")["RetentionInDays"] == 365
    (schedule,) = resources(document, "AWS::Scheduler::Schedule").values()
    assert schedule["ScheduleExpression"] == "rate(5 minutes)"


def test_a_key_for_the_logs_is_opened_to_the_logs_of_the_stack():
    stack = a_stack()
    a_rotator(stack, log_encryption_key=kms.Key(stack, "LogKey"))

    (key,) = (
        key
        for key in resources(rendered(stack), "AWS::KMS::Key").values()
        if "LogsOfThisStack" in str(key)
    )
    assert "log-group:Tokens-*" in str(key)


def test_a_metric_is_the_rotators_with_a_statistic_that_says_something():
    stack = a_stack()
    rotator = a_rotator(stack)

    metric = rotator.metric(Metric.EXPIRY_MARGIN_SECONDS, period=Duration.hours(1))

    assert (metric.namespace, metric.statistic) == ("TokenRotator", "Minimum")
    assert metric.dimensions == {"Rotator": "Tokens/Marketing"}
    assert metric.period.to_minutes() == 60
    assert rotator.metric(Metric.TOKEN_PUBLISHED, statistic="Average").statistic == "Average"


def test_a_workload_of_the_app_can_be_granted_reading():
    stack = a_stack()
    rotator = a_rotator(stack)
    workload = iam.Role(stack, "Workload", assumed_by=iam.ServicePrincipal("ecs.amazonaws.com"))

    rotator.grant_read(workload)

    document = rendered(stack)
    granted = only(document, "AWS::IAM::Policy")["PolicyDocument"]
    assert granted == reader_policy(document)["PolicyDocument"]


def test_a_workload_of_another_stack_of_the_app_can_be_granted_reading():
    app = App()
    rotator = a_rotator(Stack(app, "Tokens"))
    reports = Stack(app, "Reports")
    workload = iam.Role(reports, "Workload", assumed_by=iam.ServicePrincipal("ecs.amazonaws.com"))

    rotator.grant_read(workload)

    statements = only(rendered(reports), "AWS::IAM::Policy")["PolicyDocument"]["Statement"]
    assert [one["Action"] for one in statements] == ["ssm:GetParameter", "kms:Decrypt"]
    assert "Fn::ImportValue" in statements[1]["Resource"]


def test_a_name_that_is_known_at_deployment_only_is_taken_as_it_is():
    stack = a_stack()
    name = CfnParameter(stack, "Name").value_as_string
    provider = IdentityProvider.rfc7523(audience=f"https://{Aws.REGION}.example.com")
    a_rotator(stack, parameter_name=name, identity_provider=provider)

    document = rendered(stack)
    told = variables(document)
    assert told[Variable.PARAMETER_NAME] == {"Ref": "Name"}
    assert {"Ref": "AWS::Region"} in told[Variable.AUDIENCE]["Fn::Join"][1]
    policy = reader_policy(document)
    arn = policy["PolicyDocument"]["Statement"][0]["Resource"]
    assert arn["Fn::Join"][1][-2:] == [":parameter", {"Ref": "Name"}]


@pytest.mark.parametrize("days", [*LOG_RETENTION_DAYS, 0])
def test_the_cdks_names_of_retentions_are_cloudwatchs_numbers(days: int):
    stack = a_stack()
    logs.LogGroup(stack, "Group", retention=RETENTION[days])

    assert only(rendered(stack), "AWS::Logs::LogGroup").get("RetentionInDays", 0) == days


def test_one_role_mails_for_all_rotators_of_a_stack():
    stack = a_stack(env=Environment(region="eu-west-1", account="111122223333"))
    topic = sns.Topic(stack, "Alarms", master_key=kms.Key(stack, "TopicKey"))
    for name in ("A", "B"):
        a_rotator(
            stack, name, parameter_name=f"/{name}", alarm_topic=topic, secret_access_alerts=True
        )

    roles = resources(rendered(stack), "AWS::IAM::Role").values()
    (mailer,) = (role for role in roles if "alerts" in role["Description"])
    assert "kms:GenerateDataKey" in str(mailer["Policies"])


def test_the_path_in_the_stack_is_the_name():
    stack = a_stack()
    rotator = a_rotator(stack, "Team EU")

    assert rotator.name == "Tokens/Team-EU"
