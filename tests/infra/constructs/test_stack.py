"""The resources and outputs of a deployment."""

import pytest

from tests.support.infra_templates import (
    NAMED_SECRET,
    a_deployment,
    a_rotator,
    a_stack,
    attribute,
    logical_id,
    only,
    policy_id,
    resources,
    synthesized,
    template,
)
from token_rotator.contract import FUNCTION_TIMEOUT_SECONDS, StackOutput, output_of


def schedules(document):
    return sorted(
        (schedule["ScheduleExpression"], schedule["Target"]["Input"])
        for schedule in resources(document, "AWS::Scheduler::Schedule").values()
    )


def test_a_token_is_fetched_every_four_minutes_and_looked_after_twice_a_minute():
    watchdog = ("rate(1 minute)", '{"trigger":"watchdog","min_remaining_seconds":155}')

    assert schedules(template()) == [
        watchdog,
        watchdog,
        ("rate(4 minutes)", '{"trigger":"schedule"}'),
    ]


def test_the_watchdog_can_be_switched_off():
    document = template(a_stack(), a_rotator(watchdog_min_remaining_seconds=0))

    assert schedules(document) == [("rate(4 minutes)", '{"trigger":"schedule"}')]


def test_a_schedule_waits_for_the_role_and_for_the_functions_retry_settings():
    document = template()

    waits = [
        set(document["Resources"][name]["DependsOn"])
        for name in resources(document, "AWS::Scheduler::Schedule")
    ]
    needed = {
        logical_id(document, "AWS::Lambda::EventInvokeConfig"),
        *(name for name in resources(document, "AWS::IAM::Role") if "InvokeRole" in name),
    }
    assert len(waits) == 3
    assert len(needed) == 2
    assert all(needed <= names for names in waits)


def test_schedules_of_different_rotators_are_created_one_after_the_other():
    rotators = {name: a_rotator(parameter_name=f"/{name}") for name in ("a", "b", "c")}
    document = template(a_stack(), **rotators)

    schedules = resources(document, "AWS::Scheduler::Schedule")
    after = {
        name: {*document["Resources"][name]["DependsOn"]} & schedules.keys() for name in schedules
    }
    assert len(after) == 9
    for name, others in after.items():
        before = {"A": [], "B": [name.replace("BRotator", "ARotator")[:-8]]}.get(
            name[0], [name.replace("CRotator", "BRotator")[:-8]]
        )
        assert [other[:-8] for other in others] == before


def test_what_could_not_be_delivered_within_a_minute_is_left_to_the_watchdog():
    document = template()

    policies = [
        schedule["Target"]["RetryPolicy"]
        for schedule in resources(document, "AWS::Scheduler::Schedule").values()
    ]
    rules = resources(document, "AWS::Events::Rule").values()
    policies += [rule["Targets"][0]["RetryPolicy"] for rule in rules]
    expected = {"MaximumEventAgeInSeconds": 60, "MaximumRetryAttempts": 2}
    assert policies == [expected] * 5
    invoke = only(document, "AWS::Lambda::EventInvokeConfig")
    assert (invoke["MaximumRetryAttempts"], invoke["MaximumEventAgeInSeconds"]) == (0, 60)


def rule_of(document, source):
    rules = resources(document, "AWS::Events::Rule").values()
    (rule,) = [one for one in rules if one["EventPattern"]["source"] == [source]]
    return rule


@pytest.mark.parametrize("named", [None, NAMED_SECRET])
def test_a_new_current_version_of_the_secret_calls_the_function(named):
    document = template(a_stack(), a_rotator(secret=named and {"arn": named}))

    rule = rule_of(document, "aws.secretsmanager")
    created = named is None and attribute(document, "AWS::SecretsManager::Secret", "Id")
    assert rule["EventPattern"] == {
        "source": ["aws.secretsmanager"],
        "detail-type": ["Secret Label Updated"],
        "resources": [created or named],
        "detail": {"labelUpdated": ["AWSCURRENT"]},
    }
    (target,) = rule["Targets"]
    assert target["Arn"] == attribute(document, "AWS::Lambda::Function", "Arn")
    assert target["Input"] == '{"trigger":"secret-changed"}'


def test_a_change_of_the_parameter_calls_the_function():
    """By the event that AWS documents under "Parameter Store event types"."""
    document = template(a_stack(), a_rotator(parameter_name="/marketing/token"))

    rule = rule_of(document, "aws.ssm")
    assert rule["EventPattern"] == {
        "source": ["aws.ssm"],
        "detail-type": ["Parameter Store Change"],
        "detail": {"name": ["/marketing/token"], "operation": ["Create", "Update", "Delete"]},
    }
    (target,) = rule["Targets"]
    assert target["Arn"] == attribute(document, "AWS::Lambda::Function", "Arn")
    assert target["Input"] == '{"trigger":"parameter-changed"}'


def test_without_watchdogs_nobody_would_look_sooner_because_of_a_change():
    document = template(a_stack(), a_rotator(watchdog_min_remaining_seconds=0))

    assert only(document, "AWS::Events::Rule")["EventPattern"]["source"] == ["aws.secretsmanager"]


def test_the_function_is_small_alone_and_logs_json_to_a_group_that_forgets():
    document = template(a_stack(), a_rotator(memory_mb=512, log_retention_days=545))

    function = only(document, "AWS::Lambda::Function")
    assert function["Architectures"] == ["arm64"]
    assert function["Runtime"] == "python3.13"
    assert function["Timeout"] == FUNCTION_TIMEOUT_SECONDS
    assert function["MemorySize"] == 512
    assert function["ReservedConcurrentExecutions"] == 1
    group = logical_id(document, "AWS::Logs::LogGroup")
    assert group.startswith("MarketingRotatorLogGroup"), "`check` finds the group by this name"
    assert function["LoggingConfig"] == {"LogFormat": "JSON", "LogGroup": {"Ref": group}}
    assert document["Resources"][group]["DeletionPolicy"] == "Delete"
    assert document["Resources"][group]["Properties"]["RetentionInDays"] == 545


def test_concurrency_is_not_reserved_where_the_account_has_none_to_spare():
    document = template(a_stack(), a_rotator(reserve_concurrency=False))

    assert "ReservedConcurrentExecutions" not in only(document, "AWS::Lambda::Function")


def test_the_secret_and_its_key_outlive_the_stack_but_not_a_failed_first_deployment():
    document = template()

    for kind in ("AWS::SecretsManager::Secret", "AWS::KMS::Key"):
        resource = document["Resources"][logical_id(document, kind)]
        assert resource["DeletionPolicy"] == "RetainExceptOnCreate"
        assert resource["UpdateReplacePolicy"] == "Retain"


@pytest.mark.parametrize("name", ["ReaderPolicy", "OperatorPolicy"])
def test_a_policy_that_others_have_attached_outlives_the_rotators_name(name: str):
    document = template()

    policy = document["Resources"][policy_id(document, name)]
    assert policy["DeletionPolicy"] == "RetainExceptOnCreate"
    assert policy["UpdateReplacePolicy"] == "Retain"


def test_the_secret_is_named_after_stack_and_rotator_and_encrypted_with_the_stacks_key():
    document = template()

    secret = only(document, "AWS::SecretsManager::Secret")
    assert secret["Name"] == "tokens/marketing"
    assert secret["KmsKeyId"] == attribute(document, "AWS::KMS::Key", "Arn")
    assert only(document, "AWS::KMS::Key")["EnableKeyRotation"] is True


def test_alarms_go_to_an_encrypted_topic_and_from_there_to_every_address():
    document = template(a_stack(alarm_emails=("a@example.com", "b@example.com")))

    topic = only(document, "AWS::SNS::Topic")
    assert topic["KmsMasterKeyId"] == attribute(document, "AWS::KMS::Key", "Arn")
    subscriptions = resources(document, "AWS::SNS::Subscription").values()
    assert {(s["Protocol"], s["Endpoint"]) for s in subscriptions} == {
        ("email", "a@example.com"),
        ("email", "b@example.com"),
    }


def test_alarms_go_to_an_existing_topic_as_it_is():
    topic = "arn:aws:sns:eu-west-1:111122223333:alarms"

    document = template(a_stack(alarm_topic_arn=topic))

    alarms = resources(document, "AWS::CloudWatch::Alarm").values()
    assert len(alarms) == 6
    assert all(alarm["AlarmActions"] == alarm["OKActions"] == [topic] for alarm in alarms)
    assert document["Outputs"]["AlarmTopicArn"]["Value"] == topic
    for kind in ("Topic", "TopicPolicy", "Subscription"):
        assert resources(document, f"AWS::SNS::{kind}") == {}
    assert "cloudwatch.amazonaws.com" not in str(only(document, "AWS::KMS::Key")["KeyPolicy"])


def test_every_rotator_has_its_own_function_and_shares_key_and_topic():
    document = template(a_stack(), a_rotator(), sales_eu=a_rotator(parameter_name="/sales/token"))

    environments = [
        function["Environment"]["Variables"]["PARAMETER_NAME"]
        for function in resources(document, "AWS::Lambda::Function").values()
    ]
    assert sorted(environments) == ["/marketing/token", "/sales/token"]
    assert len(resources(document, "AWS::KMS::Key")) == 1
    assert len(resources(document, "AWS::SNS::Topic")) == 1
    assert len(resources(document, "AWS::CloudWatch::Alarm")) == 12
    assert len(resources(document, "AWS::CloudWatch::Dashboard")) == 1


def test_a_command_finds_everything_by_the_rotators_name():
    document = template(a_stack(), sales_eu=a_rotator())

    outputs = {name: output["Value"] for name, output in document["Outputs"].items()}
    assert outputs == {
        "AlarmTopicArn": {"Ref": logical_id(document, "AWS::SNS::Topic")},
        "DashboardUrl": document["Outputs"]["DashboardUrl"]["Value"],
        "SalesEuFunctionName": {"Ref": logical_id(document, "AWS::Lambda::Function")},
        "SalesEuOperatorPolicyArn": {"Ref": policy_id(document, "OperatorPolicy")},
        "SalesEuParameterName": "/marketing/token",
        "SalesEuReaderPolicyArn": {"Ref": policy_id(document, "ReaderPolicy")},
        "SalesEuSecretArn": attribute(document, "AWS::SecretsManager::Secret", "Id"),
    }
    assert output_of("sales-eu", StackOutput.SECRET_ARN) in outputs


def test_tags_are_on_the_stack_and_on_what_is_in_it():
    stack = synthesized(a_deployment(a_stack(tags={"team": "data"})))
    document = template(a_stack(tags={"team": "data"}))

    assert stack.tags.tag_values() == {"team": "data"}
    tag = {"Key": "team", "Value": "data"}
    for kind in ("AWS::KMS::Key", "AWS::SNS::Topic", "AWS::Lambda::Function"):
        assert tag in only(document, kind)["Tags"]
    assert all(tag in role["Tags"] for role in resources(document, "AWS::IAM::Role").values())


def test_account_and_region_are_the_callers_unless_they_are_named():
    callers = synthesized(a_deployment())
    named = synthesized(a_deployment(a_stack(account="111122223333", region="eu-west-1")))

    assert callers.environment == "aws://unknown-account/unknown-region"
    assert named.environment == "aws://111122223333/eu-west-1"
