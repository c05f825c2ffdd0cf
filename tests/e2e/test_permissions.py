"""Each role of the deployed stack may do its work and nothing else, as the local AWS enforces IAM.

The local AWS enforces actions, resources and trust policies. It does not check the use of a KMS key
by Parameter Store or Secrets Manager, nor encryption contexts: these tests do not cover those
statements.
"""

import json
from collections.abc import Callable
from typing import Any, Final

import pytest
from botocore.exceptions import ClientError

from local.aws.deployment import Rotator
from tests.support.principals import Clients, assume, assume_as_a_service, is_refused, workload
from tests.support.system import System
from token_rotator.contract import StackOutput, output_of
from token_rotator_cli.deployment.rotation_log import LoggedRotation

NEIGHBOUR: Final = "/intelligence/demo/access-token2"
"""A parameter whose name starts like the demo's."""

CALLS: Final[dict[str, Callable[[Callable[[str], Any], Rotator], object]]] = {
    "read the parameter": lambda aws, rotator: aws("ssm").get_parameter(
        Name=rotator.parameter_name, WithDecryption=True
    ),
    "read its neighbour": lambda aws, _: aws("ssm").get_parameter(Name=NEIGHBOUR),
    "read several parameters": lambda aws, rotator: aws("ssm").get_parameters(
        Names=[rotator.parameter_name]
    ),
    "read its path": lambda aws, rotator: aws("ssm").get_parameters_by_path(
        Path=rotator.parameter_name.rpartition("/")[0]
    ),
    "read expired tokens": lambda aws, rotator: aws("ssm").get_parameter_history(
        Name=rotator.parameter_name
    ),
    # with permission it fails too, because the parameter exists
    "write the parameter": lambda aws, rotator: aws("ssm").put_parameter(
        Name=rotator.parameter_name, Value="mine", Type="SecureString"
    ),
    "write its neighbour": lambda aws, _: aws("ssm").put_parameter(
        Name=NEIGHBOUR, Value="mine", Type="SecureString"
    ),
    "delete the parameter": lambda aws, rotator: aws("ssm").delete_parameter(
        Name=rotator.parameter_name
    ),
    "read the key": lambda aws, rotator: aws("secretsmanager").get_secret_value(
        SecretId=rotator.secret_arn
    ),
    "read another secret": lambda aws, _: aws("secretsmanager").get_secret_value(
        SecretId="another"
    ),
    "store a key": lambda aws, rotator: aws("secretsmanager").put_secret_value(
        SecretId=rotator.secret_arn, SecretString="mine", VersionStages=["nobody-reads-it"]
    ),
    "invoke the function": lambda aws, rotator: aws("lambda").invoke(
        FunctionName=rotator.function_name
    ),
    "invoke another function": lambda aws, _: aws("lambda").invoke(FunctionName="another"),
    "change the function": lambda aws, rotator: aws("lambda").update_function_code(
        FunctionName=rotator.function_name, S3Bucket="mine", S3Key="mine"
    ),
}

MAY: Final = {
    "function": {"read the parameter", "write the parameter", "read the key"},
    "schedules": {"invoke the function"},
    "reader": {"read the parameter"},
}


CANNOT_TELL: Final = {
    "delete the parameter",  # with permission the parameter would be gone
    "read expired tokens",  # botocore cannot parse how ministack sends policies
}


@pytest.fixture(scope="module")
def roles(deployed: System) -> dict[str, Clients]:
    """Clients with each role. Two of the roles trust services only."""
    aws = deployed.aws
    aws.client("ssm").put_parameter(Name=NEIGHBOUR, Value="not yours", Type="SecureString")
    return {
        "function": assume_as_a_service(aws, role_of_function(deployed)),
        "schedules": assume_as_a_service(aws, role_of_schedules(deployed)),
        "reader": workload(aws, "workload", policy_arn=reader_policy(deployed)),
    }


@pytest.mark.parametrize("what", CALLS)
@pytest.mark.parametrize("role", MAY)
def test_a_role_may_do_its_work_and_nothing_else(
    system: System, roles: dict[str, Clients], role: str, what: str
) -> None:
    refused = is_refused(lambda: CALLS[what](roles[role], system.rotator))

    assert refused is (what not in MAY[role])


@pytest.mark.parametrize("what", CALLS.keys() - CANNOT_TELL)
def test_an_administrator_may_make_each_call(system: System, what: str) -> None:
    assert not is_refused(lambda: CALLS[what](system.aws.client, system.rotator))


def test_only_scheduler_can_assume_the_schedules_role(system: System) -> None:
    with pytest.raises(ClientError, match="not authorized to perform: sts:AssumeRole"):
        assume(system.aws, role_of_schedules(system))


def test_the_function_rotates_with_its_roles_policy_and_fails_without_it(system: System) -> None:
    iam, role = system.aws.client("iam"), role_of_function(system).rpartition("/")[2]
    (name,) = iam.list_role_policies(RoleName=role)["PolicyNames"]
    allowed = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]

    iam.delete_role_policy(RoleName=role, PolicyName=name)
    try:
        without = system.rotation(_failed, what="a rotation without permissions")
    finally:
        iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=json.dumps(allowed))
    with_it = system.rotation(_published, what="a rotation with permissions")

    assert "AccessDenied" in f"{without.error} {without.error_message}"
    assert with_it.parameter_version is not None
    assert iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"] == []


def _failed(entry: LoggedRotation) -> bool:
    return entry.outcome == "failed"


def _published(entry: LoggedRotation) -> bool:
    return entry.outcome == "published"


def role_of_function(system: System) -> str:
    function = system.aws.client("lambda").get_function_configuration(
        FunctionName=system.rotator.function_name
    )
    return str(function["Role"])


def role_of_schedules(system: System) -> str:
    scheduler = system.aws.client("scheduler")
    (role,) = {
        scheduler.get_schedule(Name=one["Name"])["Target"]["RoleArn"]
        for one in scheduler.list_schedules()["Schedules"]
        if one["Name"].startswith(system.stack_name)
    }
    return str(role)


def reader_policy(system: System) -> str:
    return system.outputs[output_of(system.rotator.name, StackOutput.READER_POLICY_ARN)]
