"""`check` names each link that is broken, with the operator's policy and nothing else.

The local AWS enforces IAM. What it does not emulate is in tests/unit/cli/check.
This module comes after those whose tests judge a rotator that nobody has broken: a deleted
parameter stays in the log, for example.
"""

import json
import os
import subprocess
from collections.abc import Mapping
from typing import Any

import pytest

from tests.e2e.broken_links import BROKEN
from tests.e2e.test_operating import COMMAND
from tests.support.principals import assume, is_refused, role_with, shell_of
from tests.support.system import System
from token_rotator.contract import StackOutput, output_of

OPERATOR = "an-operator"


@pytest.fixture(scope="module")
def role(deployed: System) -> str:
    policy = deployed.outputs[output_of(deployed.rotator.name, StackOutput.OPERATOR_POLICY_ARN)]
    return role_with(deployed.aws, OPERATOR, policy_arn=policy)


class Operator:
    """Somebody with a shell and credentials."""

    def __init__(self, system: System, variables: Mapping[str, str]) -> None:
        self._system = system
        self._environment = {
            **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
            **variables,
        }

    def types(self, command: str, *options: str, stack: str | None = None) -> tuple[int, Any]:
        done = subprocess.run(
            [COMMAND, command, "--json", "--stack", stack or self._system.stack_name, *options],
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=150,
        )
        print(command, done.returncode, done.stdout, done.stderr)
        return done.returncode, json.loads(done.stdout)


@pytest.fixture
def operator(system: System, role: str) -> Operator:
    return Operator(system, shell_of(system.aws, role))


def test_the_policy_is_enough_for_every_verb_and_reads_no_secret(
    system: System, operator: Operator, role: str
) -> None:
    (checked, found), (rotated, _), (status, told) = (
        operator.types(command) for command in ("check", "rotate", "status")
    )

    assert (checked, rotated, status) == (0, 0, 0)
    assert found["unknown"] == ["alarms", "concurrency", "drift"], "a local AWS has no such thing"
    assert told["token_fingerprint"]
    clients = assume(system.aws, role)
    secret = system.rotator.secret_arn
    assert is_refused(lambda: clients("secretsmanager").get_secret_value(SecretId=secret))
    assert is_refused(lambda: clients("lambda").invoke(FunctionName="another"))


@pytest.mark.parametrize("name", BROKEN)
def test_the_broken_link_is_named_with_what_to_do(
    system: System, operator: Operator, name: str
) -> None:
    breaks, steps, said = BROKEN[name]

    with breaks(system):
        code, found = operator.types("check")

    assert (code, found["wrong"]) == (1, steps)
    messages = [one["message"] for one in found["steps"] if one["result"] == "wrong"]
    assert any(said in message for message in messages)
    system.settle()


def test_whoever_may_not_invoke_it_is_told_what_the_last_rotation_told(
    system: System, operator: Operator
) -> None:
    iam = system.aws.client("iam")
    deny = {"Effect": "Deny", "Action": "lambda:InvokeFunction", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [deny]})
    iam.put_role_policy(RoleName=OPERATOR, PolicyName="deny", PolicyDocument=document)
    try:
        code, found = operator.types("check")
    finally:
        iam.delete_role_policy(RoleName=OPERATOR, PolicyName="deny")

    steps = {one["step"]: one for one in found["steps"]}
    assert (code, steps["invocation"]["result"]) == (0, "unknown")
    assert "ask for lambda:InvokeFunction" in steps["invocation"]["message"]
    assert steps["publish"]["message"].startswith("by the log, ")
    assert steps["record"]["result"] == "ok"


GHOST = {
    "Resources": {"Topic": {"Type": "AWS::SNS::Topic"}},
    "Outputs": {
        "DemoFunctionName": {"Value": "no-such-function"},
        "DemoParameterName": {"Value": "/intelligence/demo/access-token"},
    },
}


def test_without_the_function_the_rest_is_told(system: System) -> None:
    """By somebody who may see everything: the policy is of the stack that is whole."""
    stacks = system.aws.client("cloudformation")
    stacks.create_stack(StackName="ghost", TemplateBody=json.dumps(GHOST))
    stacks.get_waiter("stack_create_complete").wait(StackName="ghost")
    administrator = Operator(system, system.aws.client_environment())

    code, found = administrator.types("check", stack="ghost")
    stacks.delete_stack(StackName="ghost")

    steps = {one["step"]: one for one in found["steps"]}
    assert (code, found["wrong"]) == (1, ["function", "writers", "schedules", "rules", "alarms"])
    assert "does not exist in" in steps["function"]["message"]
    assert steps["record"]["message"].startswith("version ")
