"""Links of a rotator on the local AWS, each broken for as long as a test looks."""

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from local.idp import faults
from local.idp.faults import Endpoint
from tests.e2e.test_permissions import role_of_function
from tests.support.system import System
from token_rotator.contract import Trigger

DOWN = faults.status(503, retry_after="120")
"""The function gives up at once, so that it is free to be asked."""


Broken = Callable[[System], AbstractContextManager[object]]


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
    secrets.restore_secret(SecretId=system.rotator.secret_arn)


def _schedule(system: System, trigger: Trigger) -> tuple[Any, dict[str, Any]]:
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
    scheduler, one = _schedule(system, Trigger.SCHEDULE)
    scheduler.update_schedule(**one, State="DISABLED")
    yield
    scheduler.update_schedule(**one, State="ENABLED")


@contextmanager
def a_deleted_schedule(system: System) -> Iterator[None]:
    scheduler, one = _schedule(system, Trigger.SCHEDULE)
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
def a_disabled_key(system: System) -> Iterator[None]:
    key = _environment(system)["PARAMETER_KEY_ARN"]
    system.aws.client("kms").disable_key(KeyId=key)
    yield
    system.aws.client("kms").enable_key(KeyId=key)


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


def _environment(system: System) -> dict[str, str]:
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
        Environment={"Variables": _environment(system) | {"ROTATOR": "renamed/demo"}},
    )
    yield
    functions.delete_function(FunctionName="another")


@contextmanager
def a_deleted_rule(system: System) -> Iterator[None]:
    events = system.aws.client("events")
    function = system.aws.client("lambda").get_function_configuration(
        FunctionName=system.rotator.function_name
    )["FunctionArn"]
    names = events.list_rule_names_by_target(TargetArn=function)["RuleNames"]
    rules = [events.describe_rule(Name=name) for name in names]
    (rule,) = (one for one in rules if "aws.secretsmanager" in one["EventPattern"])
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


BROKEN: dict[str, tuple[Broken, list[str], str]] = {
    "the key is refused": (a_refused_key, ["exchange"], "invalid_client"),
    "the provider is down": (
        lambda system: provider(Endpoint.TOKEN, DOWN, system), ["exchange"],
        "status 503",
    ),
    "a firewall answers": (
        lambda system: provider(Endpoint.TOKEN, faults.HTML, system), ["exchange"],
        "keep it",
    ),
    "the secret is a random string": (a_random_string, ["key"], "instead of a service account"),
    "the secret is deleted": (a_deleted_secret, ["secret"], "restore"),
    "the schedule is disabled": (a_disabled_schedule, ["schedules"], "Disabled"),
    "the schedule is deleted": (a_deleted_schedule, ["schedules"], "--revert-drift"),
    "the alarms are deleted": (deleted_alarms, ["alarms"], "There are no alarms"),
    "the key is disabled": (a_disabled_key, ["encryption_key"], "enable it again"),
    "the parameter is deleted": (
        a_deleted_parameter, ["exchange", "record"], "does not exist: no token was published",
    ),
    "the function is throttled": (
        a_throttled_function, ["invocation", "concurrency"], "0 is reserved",
    ),
    "another function writes the parameter": (another_writer, ["writers"], "renamed/demo"),
    "the event rule is deleted": (
        a_deleted_rule, ["rules"], "No event rule invokes the function after a new key",
    ),
    "the role may not read the secret": (
        lambda system: a_role_without("secretsmanager:GetSecretValue", system), ["secret"],
        "The function's role may not read it",
    ),
    "the role may not write the parameter": (
        lambda system: a_role_without("ssm:PutParameter", system), ["publish"],
        "The function's role may not",
    ),
    "the role trusts somebody else": (
        a_role_that_trusts_nobody, ["roles"], "does not let lambda.amazonaws.com assume it",
    ),
}  # fmt: skip
