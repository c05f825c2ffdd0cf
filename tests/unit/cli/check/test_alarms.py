"""`check` says whether alarms tell anybody, and whether their topic, of any account, takes that."""

import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from tests.support.operated_aws import Refusing
from tests.support.operating import OperatedRotator

ACCOUNT = "123456789012"
CENTRAL = "arn:aws:sns:eu-west-1:999999999999:alarms"
CLOUDWATCH = {"Service": "cloudwatch.amazonaws.com"}
ALARMS = f"arn:aws:cloudwatch:eu-west-1:{ACCOUNT}:alarm:*"
Step = Callable[..., dict[str, Any]]


def allows(topic: str = CENTRAL, **differently: Any) -> str:
    """https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html"""
    statement = {
        "Effect": "Allow",
        "Principal": CLOUDWATCH,
        "Action": "SNS:Publish",
        "Resource": topic,
        "Condition": {"ArnLike": {"aws:SourceArn": ALARMS}},
        **differently,
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


class FakeTopic:
    """SNS, for one topic."""

    def __init__(self, policy: str, **attributes: str) -> None:
        self._attributes = {"Policy": policy, **attributes}

    def get_topic_attributes(self, TopicArn: str) -> dict[str, Any]:  # noqa: N803
        assert TopicArn == CENTRAL
        return {"Attributes": self._attributes}


@pytest.fixture
def step(rotator: OperatedRotator, capsys: pytest.CaptureFixture[str]) -> Step:
    def run(topics: object = None, alarm: dict[str, Any] | None = None) -> dict[str, Any]:
        if topics is not None:
            vars(rotator.aws)["topics"] = topics
            rotator.create_alarm(AlarmActions=[CENTRAL])
        if alarm is not None:
            rotator.create_alarm(**alarm)
        code = rotator.run("check", "--json")
        steps = {one["step"]: one for one in json.loads(capsys.readouterr().out)["steps"]}
        wrong = {name for name, one in steps.items() if one["result"] == "wrong"}
        assert wrong <= {"alarms"}
        assert code == (1 if wrong else 0)
        found: dict[str, Any] = steps["alarms"]
        return found

    return run


def test_a_topic_with_the_policy_that_sns_gives_it_takes_alarms(
    rotator: OperatedRotator, step: Step
):
    found = step()

    assert found["result"] == "ok"
    assert found["message"] == f"1 alarms notify {rotator.topic}"


def test_actions_that_are_off_are_a_warning_and_say_how_they_come_back(step: Step):
    found = step(alarm={"ActionsEnabled": False})

    assert (found["result"], found["error"]) == ("warning", None)
    assert "the actions of 1 of 1 alarms are off" in found["message"]
    assert "alarm_actions_enabled = false was deployed" in found["message"]


def test_alarms_without_a_topic_tell_nobody(step: Step):
    found = step(alarm={"AlarmActions": []})

    assert found["result"] == "warning"
    assert "1 of 1 alarms have no actions, and nobody is notified" in found["message"]


def test_alarms_that_somebody_deleted_are_missed(rotator: OperatedRotator, step: Step):
    rotator.aws.cloudwatch.delete_alarms(AlarmNames=["stack/marketing/RefreshFailing"])

    found = step()

    assert found["result"] == "wrong"
    assert "There are no alarms named stack/marketing/..." in found["message"]
    assert "--revert-drift" in found["message"]


@pytest.mark.parametrize(
    "policy",
    [
        allows(),
        allows(Condition={"StringEquals": {"aws:SourceAccount": [ACCOUNT, "1"]}}),
        allows(Principal={"AWS": "*"}, Condition={"StringEquals": {"AWS:SourceOwner": ACCOUNT}}),
        allows(Action=["sns:*"], Resource="*", Condition={}),
    ],
)
def test_a_central_topic_that_takes_the_accounts_alarms_is_ok(step: Step, policy: str):
    found = step(FakeTopic(policy))

    assert (found["result"], found["facts"]["topics"]) == ("ok", [CENTRAL])


@pytest.mark.parametrize(
    "policy",
    [
        allows(Principal={"Service": "events.amazonaws.com"}),
        allows(Action="SNS:Subscribe"),
        allows(Condition={"StringEquals": {"aws:SourceAccount": "999999999999"}}),
        allows(Condition={"ArnLike": {"aws:SourceArn": ALARMS.replace(ACCOUNT, "1" * 12)}}),
        allows(topic=f"{CENTRAL}-2"),
        allows(Effect="Deny"),
    ],
)
def test_a_topic_that_refuses_alarms_is_wrong_and_the_page_has_the_statement(
    step: Step, policy: str
):
    found = step(FakeTopic(policy))

    assert found["result"] == "wrong"
    assert (
        f"does not let cloudwatch.amazonaws.com publish for alarms of account {ACCOUNT}"
        in (found["message"])
    )
    assert "docs/security/hardened.md#the-policy-of-an-alarm-topic" in found["message"]


def test_a_policy_with_a_condition_that_nobody_here_knows_is_unknown(step: Step):
    policy = allows(Condition={"StringEquals": {"aws:SourceOrgID": "o-abcdefghij"}})

    assert step(FakeTopic(policy))["result"] == "unknown"


def test_a_topic_that_the_caller_may_not_see_is_unknown(step: Step):
    found = step(Refusing("AuthorizationError"))

    assert found["result"] == "unknown"
    assert "ask for sns:GetTopicAttributes" in found["message"]


def test_a_topic_that_is_gone_is_wrong(step: Step):
    found = step(Refusing("NotFound"))

    assert found["result"] == "wrong"
    assert f"There is no topic {CENTRAL}" in found["message"]


@pytest.mark.parametrize("key", ["alias/aws/sns", f"arn:aws:kms:eu-west-1:{ACCOUNT}:alias/aws/sns"])
def test_a_topic_with_awss_own_key_gets_no_alarm(step: Step, key: str):
    found = step(FakeTopic(allows(), KmsMasterKeyId=key))

    assert found["result"] == "wrong"
    assert "encrypted with alias/aws/sns, which alarms cannot use" in found["message"]


@pytest.mark.parametrize(
    ("statement", "result"),
    [
        ({"Principal": CLOUDWATCH, "Action": ["kms:Decrypt", "kms:GenerateDataKey*"]}, "ok"),
        ({"Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "kms:*"}, "wrong"),
        ({"Principal": CLOUDWATCH, "Action": ["kms:Decrypt"]}, "wrong"),
        (
            {
                "Principal": CLOUDWATCH,
                "Action": "kms:*",
                "Condition": {"StringEquals": {"aws:SourceAccount": "999999999999"}},
            },
            "wrong",
        ),
    ],
)
def test_the_key_of_an_encrypted_topic_has_to_be_open_to_alarms(
    rotator: OperatedRotator, step: Step, statement: dict[str, Any], result: str
):
    # a key of its own: that of the parameter is another step's
    key = rotator.aws.keys.create_key()["KeyMetadata"]["Arn"]
    whole = {"Effect": "Allow", "Resource": "*", **statement}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [whole]})
    rotator.aws.keys.put_key_policy(KeyId=key, PolicyName="default", Policy=policy)

    found = step(FakeTopic(allows(), KmsMasterKeyId=key))

    assert found["result"] == result
    assert ("alarms notify nobody" in found["message"]) is (result == "wrong")


def test_a_key_that_the_caller_may_not_see_is_unknown(rotator: OperatedRotator, step: Step):
    real = rotator.aws.keys
    topics_key = f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/of-the-topic"

    def describe_key(KeyId: str) -> Any:  # noqa: N803
        return Refusing().x() if KeyId == topics_key else real.describe_key(KeyId=KeyId)

    vars(rotator.aws)["keys"] = SimpleNamespace(
        describe_key=describe_key, get_key_policy=real.get_key_policy
    )

    found = step(FakeTopic(allows(), KmsMasterKeyId=topics_key))

    assert found["result"] == "unknown"
    assert "ask for kms:GetKeyPolicy" in found["message"]


def test_an_action_that_is_no_topic_is_the_accounts_own_business(step: Step):
    function = f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:pager"

    assert step(alarm={"AlarmActions": [function]})["result"] == "ok"
