"""Refused calls by other services, other rules and other accounts."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from tests.audit.iam.account import Account
from tests.audit.iam.monitoring import by_an_alarm, encrypted_logs, encrypted_topics
from tests.audit.iam.needed import by_scheduler, readers, shared_with
from tests.audit.iam.refusal import Refusal, Safeguard, rows
from tests.audit.iam.rotators import Rotator

ACTION, CONDITION, PRINCIPAL = Safeguard.ACTION, Safeguard.CONDITION, Safeguard.PRINCIPAL
ASSUME: Final = ("sts:AssumeRole",)
INVOKE: Final = ("lambda:InvokeFunction",)


def of_a_rotator(rotator: Rotator, account: Account) -> Iterator[Refusal]:
    """Other principals may not assume a rotator's roles or invoke its function."""
    roles = (rotator.role,)
    others = ("ec2.amazonaws.com", "events.amazonaws.com", "scheduler.amazonaws.com")
    stranger = rotator.place.elsewhere.administrator
    for principal in (*others, account.administrator, stranger):
        yield from rows(PRINCIPAL, principal, ASSUME, roles)
    yield from rows(ACTION, "lambda.amazonaws.com", ("sts:TagSession",), roles)
    yield from _of_the_schedules_role(rotator, account)
    for shared in readers(account, rotator):
        if others_administrators := shared_with(account, shared):
            yield from rows(PRINCIPAL, stranger, ASSUME, (shared,))
            yield from rows(PRINCIPAL, account.administrator, ASSUME, (shared,))
        for administrator in others_administrators:
            yield from rows(ACTION, administrator, ("sts:TagSession",), (shared,))
            yield from rows(PRINCIPAL, administrator, ASSUME, roles)
    for rule in rotator.rules:
        says = {"aws:SourceArn": rule, "aws:SourceAccount": rotator.place.account}
        functions = (rotator.function,)
        for principal in ("s3.amazonaws.com", "sns.amazonaws.com"):
            yield from rows(PRINCIPAL, principal, INVOKE, functions, says)
        yield from rows(PRINCIPAL | CONDITION, stranger, INVOKE, functions)
        for another in (f"{rule}2", rotator.place.elsewhere.arn("events:rule/another")):
            context = says | {"aws:SourceArn": another}
            yield from rows(CONDITION, "events.amazonaws.com", INVOKE, functions, context)
        change = ("lambda:UpdateFunctionCode", "lambda:AddPermission")
        yield from rows(ACTION, "events.amazonaws.com", change, functions, says)


def _of_the_schedules_role(rotator: Rotator, account: Account) -> Iterator[Refusal]:
    roles, says = (rotator.invoke_role,), by_scheduler(rotator)
    for service in ("lambda.amazonaws.com", "events.amazonaws.com"):
        yield from rows(PRINCIPAL, service, ASSUME, roles, says)
    elsewhere = rotator.place.elsewhere
    for principal in (account.administrator, elsewhere.administrator):
        yield from rows(PRINCIPAL | CONDITION, principal, ASSUME, roles)
    scheduler = "scheduler.amazonaws.com"
    for wrong in (
        {"aws:SourceAccount": elsewhere.account},
        {"aws:SourceArn": elsewhere.arn("scheduler:schedule-group/default")},
        {"aws:SourceArn": rotator.place.arn("scheduler:schedule-group/another")},
    ):
        yield from rows(CONDITION, scheduler, ASSUME, roles, says | wrong)
    yield from rows(CONDITION, scheduler, ASSUME, roles)
    yield from rows(ACTION, scheduler, ("sts:TagSession",), roles, says)


def of_the_shared(template: Mapping[str, Any], account: Account) -> Iterator[Refusal]:
    """Only this account and CloudWatch may use the stack's keys and topics."""
    elsewhere = account.place.elsewhere
    stranger = elsewhere.administrator
    keys = [arn for arn in account.of_resource if ":kms:" in arn]
    for key in keys:
        for action in ("kms:Decrypt", "kms:GenerateDataKey", "kms:PutKeyPolicy", "kms:CreateGrant"):
            yield from rows(PRINCIPAL, stranger, (action,), (key,))
    for topic, key in encrypted_topics(template, account.place).items():
        alarm, others = by_an_alarm(account.place, "alarm"), by_an_alarm(elsewhere, "alarm")
        encrypted = {"aws:SecureTransport": "true"}
        cloudwatch, topics, publish = "cloudwatch.amazonaws.com", (topic,), ("sns:Publish",)
        yield from rows(CONDITION, cloudwatch, publish, topics, others | encrypted)
        for service in ("events.amazonaws.com", "s3.amazonaws.com"):
            yield from rows(PRINCIPAL, service, publish, topics, alarm | encrypted)
        yield from rows(PRINCIPAL | CONDITION, stranger, publish, topics, encrypted)
        change = ("sns:Subscribe", "sns:DeleteTopic", "sns:SetTopicAttributes")
        yield from rows(ACTION, cloudwatch, change, topics, alarm)
        plain = {"aws:SecureTransport": "false"}
        yield from rows(Safeguard.DENY, account.administrator, publish, topics, plain)
        use = ("kms:Decrypt", "kms:GenerateDataKey")
        yield from rows(CONDITION, cloudwatch, use, (key,), others)
        yield from rows(PRINCIPAL, "events.amazonaws.com", use, (key,), alarm)
        yield from rows(ACTION, cloudwatch, ("kms:Encrypt", "kms:PutKeyPolicy"), (key,), alarm)
    for group, key in encrypted_logs(template, account.place).items():
        logs, use = account.place.service("logs"), ("kms:Decrypt", "kms:Encrypt")
        context = "kms:EncryptionContext:aws:logs:arn"
        another = account.place.arn("logs:log-group:another")
        for other in ({context: another}, {}):
            yield from rows(CONDITION, logs, use, (key,), other)
        yield from rows(PRINCIPAL, "s3.amazonaws.com", use, (key,), {context: group})
        yield from rows(ACTION, logs, ("kms:ReEncryptFrom",), (key,), {context: group})
