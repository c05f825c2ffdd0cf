"""Whoever reads the key besides the function is reported, by moto's event matcher."""

import json

import pytest
from moto.events.models import EventPattern

from tests.support.infra_templates import NAMED_SECRET, a_rotator, a_stack, resources, template
from token_rotator_cdk.constructs.monitoring.secret_access_alerts import (
    ENABLED_WITH_READ_EVENTS,
    pattern,
)

ROLE = "arn:aws:iam::111122223333:role/tokens-MarketingRotatorRole"
NAME = "team/credential"
SESSION = {"type": "AssumedRole", "arn": f"{ROLE}/session"}
OWN = {**SESSION, "sessionContext": {"sessionIssuer": {"type": "Role", "arn": ROLE}}}
OTHERS = {
    "another role": {
        **SESSION,
        "sessionContext": {"sessionIssuer": {"type": "Role", "arn": ROLE + "2"}},
    },
    "a user": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/eve"},
    "a user with a second factor": {
        "type": "IAMUser",
        "sessionContext": {"attributes": {"mfaAuthenticated": "true"}},
    },
    "the root user": {"type": "Root", "arn": "arn:aws:iam::111122223333:root"},
    "another account": {"type": "AWSAccount", "accountId": "444455556666"},
}


def told(*, who=OTHERS["a user"], secret=NAMED_SECRET, event="GetSecretValue", **more):
    """https://docs.aws.amazon.com/secretsmanager/latest/userguide/cloudtrail_log_entries.html"""
    happened = {
        "source": "aws.secretsmanager",
        "detail-type": "AWS API Call via CloudTrail",
        "account": "111122223333",
        "detail": {
            "eventVersion": "1.08",
            "userIdentity": who,
            "eventSource": "secretsmanager.amazonaws.com",
            "eventName": event,
            "requestParameters": {"secretId": secret, "versionStage": "AWSCURRENT"},
            "responseElements": None,
            "readOnly": True,
            **more,
        },
    }
    rule = EventPattern.load(json.dumps(pattern(NAMED_SECRET, NAME, ROLE)))
    return rule.matches_event(happened)  # type: ignore[arg-type]


def test_the_functions_own_reading_is_nobodys_business():
    assert not told(who=OWN)


@pytest.mark.parametrize("who", OTHERS.values(), ids=OTHERS.keys())
def test_anybody_elses_is_told(who):
    assert told(who=who)


@pytest.mark.parametrize("secret", [NAMED_SECRET, NAME, NAMED_SECRET.rpartition("-")[0]])
def test_whatever_they_call_the_secret(secret):
    assert told(secret=secret)


def test_an_attempt_that_was_refused_is_told_as_well():
    assert told(errorCode="AccessDenied")


@pytest.mark.parametrize(
    "secret", [f"{NAME}2", f"x{NAME}", NAMED_SECRET.replace("credential", "credential-2")]
)
def test_other_secrets_are_not_ours(secret):
    assert not told(secret=secret)


@pytest.mark.parametrize("event", ["DescribeSecret", "PutSecretValue"])
def test_other_calls_do_not_show_the_key(event):
    assert not told(event=event)


def rules(**stack):
    document = template(a_stack(**stack), a_rotator(), sales=a_rotator(parameter_name="/s"))
    found = resources(document, "AWS::Events::Rule").values()
    return [rule for rule in found if "CloudTrail" in str(rule)], document


def test_by_default_there_is_no_such_rule():
    found, _ = rules()

    assert found == []


def test_each_rotator_has_a_rule_that_hears_of_reads_and_tells_the_topic():
    found, document = rules(secret_access_alerts=True)

    assert len(found) == 2
    assert {rule["State"] for rule in found} == {ENABLED_WITH_READ_EVENTS}
    (topic,) = resources(document, "AWS::SNS::Topic")
    assert [rule["Targets"][0]["Arn"] for rule in found] == [{"Ref": topic}] * 2
    roles = [name for name in resources(document, "AWS::IAM::Role") if "InvokeRole" not in name]
    expected = [json.dumps({"Fn::GetAtt": [name, "Arn"]}) for name in roles]
    for rule in found:
        issuer = rule["EventPattern"]["detail"]["userIdentity"]["sessionContext"]["sessionIssuer"]
        (own,) = issuer["arn"][1]["anything-but"]
        assert json.dumps(own) in expected


@pytest.mark.parametrize("place", [{}, {"account": "111122223333", "region": "eu-west-1"}])
def test_a_topic_of_a_central_account_is_told_directly(place):
    topic = "arn:aws:sns:eu-west-1:999999999999:alarms"
    found, document = rules(secret_access_alerts=True, alarm_topic_arn=topic, **place)

    assert [rule["Targets"][0]["Arn"] for rule in found] == [topic] * 2
    (mailer,) = (name for name in resources(document, "AWS::IAM::Role") if "Mailer" in name)
    assert {json.dumps(rule["Targets"][0]["RoleArn"]) for rule in found} == {
        json.dumps({"Fn::GetAtt": [mailer, "Arn"]})
    }
    alarms = resources(document, "AWS::CloudWatch::Alarm").values()
    assert {action for alarm in alarms for action in alarm["AlarmActions"]} == {topic}
    assert resources(document, "AWS::Events::EventBusPolicy") == {}


def test_eventbridge_publishes_by_a_role_and_not_for_everybodys_rules():
    found, document = rules(secret_access_alerts=True)

    (mailer,) = (name for name in resources(document, "AWS::IAM::Role") if "Mailer" in name)
    assert [rule["Targets"][0]["RoleArn"] for rule in found] == [
        {"Fn::GetAtt": [mailer, "Arn"]}
    ] * 2
    (key,) = resources(document, "AWS::KMS::Key").values()
    (policy,) = resources(document, "AWS::SNS::TopicPolicy").values()
    for statements in (key["KeyPolicy"]["Statement"], policy["PolicyDocument"]["Statement"]):
        assert not [s for s in statements if "events.amazonaws.com" in str(s["Principal"])]
