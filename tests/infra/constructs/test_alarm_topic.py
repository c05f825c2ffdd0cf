"""A topic of the app takes what the alarms publish, whatever else its policies say."""

import pytest
from aws_cdk import App, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns

from tests.infra.constructs.test_token_rotator import a_rotator, a_stack
from tests.support.infra_templates import Resource, only, rendered, resources
from token_rotator_cdk import ConfigurationIssues

OF_THIS_ACCOUNT = {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}


def for_alarms(policy: Resource) -> list[Resource]:
    return [one for one in policy["Statement"] if "cloudwatch.amazonaws.com" in str(one)]


def two_rotators(stack: Stack, topic: sns.ITopic) -> None:
    for name in ("A", "B"):
        a_rotator(stack, name, parameter_name=f"/{name}", alarm_topic=topic)


def test_a_topic_that_takes_tls_alone_takes_alarms_too():
    stack = a_stack()
    topic = sns.Topic(stack, "Alarms", enforce_ssl=True)
    two_rotators(stack, topic)

    (allowed,) = for_alarms(only(rendered(stack), "AWS::SNS::TopicPolicy")["PolicyDocument"])
    assert (allowed["Effect"], allowed["Action"]) == ("Allow", "sns:Publish")
    assert allowed["Condition"] == OF_THIS_ACCOUNT


def test_a_policy_that_the_topic_gets_later_takes_alarms_too():
    stack = a_stack()
    topic = sns.Topic(stack, "Alarms")
    two_rotators(stack, topic)
    topic.grant_publish(iam.ServicePrincipal("budgets.amazonaws.com"))

    policy = only(rendered(stack), "AWS::SNS::TopicPolicy")["PolicyDocument"]
    assert len(for_alarms(policy)) == 1


def test_a_topic_with_the_default_policy_keeps_it():
    """It takes the alarms of the account, and whatever else publishes there today."""
    stack = a_stack()
    two_rotators(stack, sns.Topic(stack, "Alarms"))

    assert resources(rendered(stack), "AWS::SNS::TopicPolicy") == {}


def test_the_key_of_the_topic_is_opened_to_alarms():
    stack = a_stack()
    key = kms.Key(stack, "TopicKey", alias="alarms")
    two_rotators(stack, sns.Topic(stack, "Alarms", master_key=key))

    (policy,) = (
        one["KeyPolicy"]
        for name, one in resources(rendered(stack), "AWS::KMS::Key").items()
        if name.startswith("TopicKey")
    )
    (allowed,) = for_alarms(policy)
    assert allowed["Action"] == ["kms:Decrypt", "kms:GenerateDataKey*"]
    assert allowed["Condition"] == OF_THIS_ACCOUNT


def test_a_topic_of_another_stack_of_the_app_is_opened_there():
    app = App()
    shared, tokens = Stack(app, "Shared"), Stack(app, "Tokens")
    topic = sns.Topic(shared, "Alarms", master_key=kms.Key(shared, "Key"), enforce_ssl=True)
    a_rotator(tokens, alarm_topic=topic)

    document = rendered(shared)
    for kind, policy in (
        ("AWS::KMS::Key", "KeyPolicy"),
        ("AWS::SNS::TopicPolicy", "PolicyDocument"),
    ):
        assert len(for_alarms(only(document, kind)[policy])) == 1


def test_a_topic_with_the_key_of_aws_is_refused():
    stack = a_stack()
    key = kms.Alias.from_alias_name(stack, "Theirs", "alias/aws/sns")
    topic = sns.Topic(stack, "Alarms", master_key=key)

    with pytest.raises(ConfigurationIssues, match="alarms cannot use alias/aws/sns"):
        a_rotator(stack, alarm_topic=topic)
