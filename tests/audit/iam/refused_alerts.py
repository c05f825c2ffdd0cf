"""Refused calls of the role for secret access alerts, and refused attempts to assume it."""

from collections.abc import Iterator, Mapping
from typing import Any

from tests.audit.iam.account import Account
from tests.audit.iam.call import Call
from tests.audit.iam.monitoring import BY_TLS, alert_roles, encrypted_topics, for_topic
from tests.audit.iam.needed import key_use
from tests.audit.iam.refusal import Refusal, Safeguard, rows
from tests.audit.iam.refused_outside import ASSUME
from tests.audit.iam.rotators import Rotator

ACTION, RESOURCE, CONDITION = Safeguard.ACTION, Safeguard.RESOURCE, Safeguard.CONDITION


def of_the_alerts(
    template: Mapping[str, Any], account: Account, each: tuple[Rotator, ...]
) -> Iterator[Refusal]:
    """The role publishes to one topic and may use the shared KMS key for that topic only."""
    keys = encrypted_topics(template, account.place)
    for role, topic in alert_roles(template, account.place):
        others = ("lambda.amazonaws.com", "scheduler.amazonaws.com", "cloudwatch.amazonaws.com")
        stranger = account.place.elsewhere.administrator
        for principal in (*others, account.administrator, stranger):
            yield from rows(Safeguard.PRINCIPAL, principal, ASSUME, (role,))
        yield from rows(ACTION, "events.amazonaws.com", ("sts:TagSession",), (role,))
        yield from rows(RESOURCE, role, ("sns:Publish",), (f"{topic}2",), BY_TLS)
        change = ("sns:Subscribe", "sns:DeleteTopic", "sns:SetTopicAttributes")
        yield from rows(ACTION, role, change, (topic,), BY_TLS)
        everything = ACTION | RESOURCE
        for rotator in each:
            yield from rows(everything, role, ("ssm:GetParameter",), (rotator.parameter,))
            yield from rows(everything, role, ("lambda:InvokeFunction",), (rotator.function,))
        if topic in keys:
            yield from _of_the_key(role, topic, keys[topic], each)


def _of_the_key(role: str, topic: str, key: str, each: tuple[Rotator, ...]) -> Iterator[Refusal]:
    use = ("kms:Decrypt", "kms:GenerateDataKey")
    for context in ({}, for_topic(f"{topic}2")):
        yield from rows(CONDITION, role, use, (key,), context)
    yield from rows(RESOURCE, role, use, (f"{key}2",), for_topic(topic))
    yield from rows(ACTION, role, ("kms:Encrypt",), (key,), for_topic(topic))
    for rotator in each:
        for ciphered in _under(rotator, key):
            call: Call = key_use(rotator, role, "kms:Decrypt", ciphered)
            yield Refusal(call, CONDITION)


def _under(rotator: Rotator, key: str) -> Iterator[str]:
    if rotator.parameter_key == key:
        yield rotator.parameter
    if rotator.secret_key == key:
        yield rotator.secret
