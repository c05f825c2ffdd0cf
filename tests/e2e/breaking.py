"""Breaks parts of a rotator on the local AWS, each until its context ends."""

import io
import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from local.idp import faults
from local.idp.faults import Endpoint
from tests.e2e.test_permissions import role_of_function
from tests.support.system import System
from token_rotator.contract import Trigger

DOWN = faults.status(503, retry_after="120")
"""The function gives up at once, so that it is free to be asked."""


@contextmanager
def provider(endpoint: Endpoint, fault: faults.Fault, system: System) -> Iterator[None]:
    system.idp.fail(endpoint, fault, times=None)
    yield
    system.idp.recover()


@contextmanager
def a_refused_key(system: System) -> Iterator[None]:
    system.idp.reject(system.account)
    yield
    system.idp.accept(system.account)


@contextmanager
def a_random_string(system: System) -> Iterator[None]:
    secrets, account = system.aws.client("secretsmanager"), system.account
    for value in ("a random string", "another one"):
        secrets.put_secret_value(SecretId=system.rotator.secret_arn, SecretString=value)
    yield
    system.store(account)


@contextmanager
def a_deleted_secret(system: System) -> Iterator[None]:
    secrets = system.aws.client("secretsmanager")
    secrets.delete_secret(SecretId=system.rotator.secret_arn)
    yield
    if "DeletedDate" in secrets.describe_secret(SecretId=system.rotator.secret_arn):
        secrets.restore_secret(SecretId=system.rotator.secret_arn)


def schedule(system: System, trigger: Trigger) -> tuple[Any, dict[str, Any]]:
    scheduler = system.aws.client("scheduler")
    found = [
        scheduler.get_schedule(Name=one["Name"]) for one in scheduler.list_schedules()["Schedules"]
    ]
    ours = [one for one in found if one["Name"].startswith(system.stack_name)]
    one = next(one for one in ours if f'"{trigger}"' in one["Target"]["Input"])
    keys = ("Name", "GroupName", "ScheduleExpression", "FlexibleTimeWindow", "Target")
    return scheduler, {key: one[key] for key in keys if key in one}


@contextmanager
def a_disabled_schedule(system: System) -> Iterator[None]:
    scheduler, one = schedule(system, Trigger.SCHEDULE)
    scheduler.update_schedule(**one, State="DISABLED")
    yield
    scheduler.update_schedule(**one, State="ENABLED")


@contextmanager
def a_deleted_schedule(system: System) -> Iterator[None]:
    scheduler, one = schedule(system, Trigger.SCHEDULE)
    scheduler.delete_schedule(Name=one["Name"])
    yield
    scheduler.create_schedule(**one)


@contextmanager
def deleted_alarms(system: System) -> Iterator[None]:
    cloudwatch = system.aws.client("cloudwatch")
    there = cloudwatch.describe_alarms(AlarmNamePrefix=f"{system.stack_name}/")["MetricAlarms"]
    cloudwatch.delete_alarms(AlarmNames=[one["AlarmName"] for one in there])
    yield
    taken = cloudwatch.meta.service_model.operation_model("PutMetricAlarm").input_shape.members
    for one in there:
        cloudwatch.put_metric_alarm(**{name: one[name] for name in taken if one.get(name)})


@contextmanager
def silenced_alarms(system: System) -> Iterator[None]:
    cloudwatch = system.aws.client("cloudwatch")
    there = cloudwatch.describe_alarms(AlarmNamePrefix=f"{system.stack_name}/")["MetricAlarms"]
    names = [one["AlarmName"] for one in there]
    cloudwatch.disable_alarm_actions(AlarmNames=names)
    yield
    cloudwatch.enable_alarm_actions(AlarmNames=names)


@contextmanager
def a_log_for_ever(system: System) -> Iterator[None]:
    """A group that is deleted would be made again: ministack needs no permission for that."""
    logs, name = system.aws.client("logs"), system.rotator.log_group
    (group,) = logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    logs.delete_retention_policy(logGroupName=name)
    yield
    logs.put_retention_policy(logGroupName=name, retentionInDays=group["retentionInDays"])


@contextmanager
def a_disabled_key(system: System) -> Iterator[None]:
    key = environment_of(system)["PARAMETER_KEY_ARN"]
    system.aws.client("kms").disable_key(KeyId=key)
    yield
    system.aws.client("kms").enable_key(KeyId=key)


@contextmanager
def a_key_about_to_go(system: System) -> Iterator[None]:
    key, keys = environment_of(system)["PARAMETER_KEY_ARN"], system.aws.client("kms")
    keys.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    yield
    if keys.describe_key(KeyId=key)["KeyMetadata"]["KeyState"] == "PendingDeletion":
        keys.cancel_key_deletion(KeyId=key)
    keys.enable_key(KeyId=key)


@contextmanager
def a_deleted_parameter(system: System) -> Iterator[None]:
    """While the function cannot get a token to publish it again."""
    system.idp.fail(Endpoint.TOKEN, DOWN, times=None)
    system.aws.client("ssm").delete_parameter(Name=system.rotator.parameter_name)
    yield
    system.idp.recover()


@contextmanager
def a_throttled_function(system: System) -> Iterator[None]:
    functions, name = system.aws.client("lambda"), system.rotator.function_name
    functions.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=0)
    yield
    functions.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=1)


def environment_of(system: System) -> dict[str, str]:
    found = system.aws.client("lambda").get_function_configuration(
        FunctionName=system.rotator.function_name
    )
    variables: dict[str, str] = found["Environment"]["Variables"]
    return variables


def _a_bundle() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("index.py", "")
    return content.getvalue()


@contextmanager
def another_writer(system: System) -> Iterator[None]:
    functions = system.aws.client("lambda")
    functions.create_function(
        FunctionName="another",
        Runtime="python3.13",
        Handler="index.handler",
        Role=role_of_function(system),
        Code={"ZipFile": _a_bundle()},
        Environment={"Variables": environment_of(system) | {"ROTATOR": "renamed/demo"}},
    )
    yield
    functions.delete_function(FunctionName="another")


def rule_of_a_new_key(system: System) -> tuple[Any, dict[str, Any]]:
    events = system.aws.client("events")
    function = system.aws.client("lambda").get_function_configuration(
        FunctionName=system.rotator.function_name
    )["FunctionArn"]
    names = events.list_rule_names_by_target(TargetArn=function)["RuleNames"]
    rules = [events.describe_rule(Name=name) for name in names]
    (rule,) = (one for one in rules if "aws.secretsmanager" in one["EventPattern"])
    return events, rule


@contextmanager
def a_disabled_rule(system: System) -> Iterator[None]:
    events, rule = rule_of_a_new_key(system)
    events.disable_rule(Name=rule["Name"])
    yield
    events.enable_rule(Name=rule["Name"])


@contextmanager
def a_deleted_rule(system: System) -> Iterator[None]:
    events, rule = rule_of_a_new_key(system)
    name = rule["Name"]
    targets = events.list_targets_by_rule(Rule=name)
    events.remove_targets(Rule=name, Ids=[one["Id"] for one in targets["Targets"]])
    events.delete_rule(Name=name)
    yield
    events.put_rule(Name=name, EventPattern=rule["EventPattern"], State="ENABLED")
    events.put_targets(Rule=name, Targets=targets["Targets"])


@contextmanager
def a_role_without(action: str, system: System) -> Iterator[None]:
    iam, role = system.aws.client("iam"), role_of_function(system).rpartition("/")[2]
    (name,) = iam.list_role_policies(RoleName=role)["PolicyNames"]
    policy = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
    less = json.loads(json.dumps(policy).replace(action, "ssm:DescribeParameters"))
    iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=json.dumps(less))
    yield
    iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=json.dumps(policy))


@contextmanager
def a_role_that_trusts_nobody(system: System) -> Iterator[None]:
    iam, role = system.aws.client("iam"), role_of_function(system).rpartition("/")[2]
    trust = iam.get_role(RoleName=role)["Role"]["AssumeRolePolicyDocument"]
    other = json.dumps(trust).replace("lambda.amazonaws.com", "ec2.amazonaws.com")
    iam.update_assume_role_policy(RoleName=role, PolicyDocument=other)
    yield
    iam.update_assume_role_policy(RoleName=role, PolicyDocument=json.dumps(trust))
