"""`check` names each link that is broken, and the commands of the runbook fix it.

`check` has the operator's policy and nothing else; the commands have what the runbook says, too.

The local AWS enforces IAM. What it does not emulate is in tests/unit/cli/check.
This module comes after those whose tests judge a rotator that nobody has broken: a deleted
parameter stays in the log, for example.
"""

import json
import os
import re
import subprocess
from collections.abc import Iterator, Mapping, Set
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from local.idp.faults import Endpoint
from local.idp.service_account import ServiceAccount
from tests.e2e.breaking import DOWN, environment_of, provider, rule_of_a_new_key, schedule
from tests.e2e.broken_links import BROKEN, BY_HAND, is_broken
from tests.e2e.test_operating import COMMAND
from tests.support.principals import assume, is_refused, role_with, shell_of
from tests.support.runbook import Section, Shell, filled_in
from tests.support.system import System, eventually
from token_rotator.contract import RESTORE, StackOutput, Trigger, output_of

OPERATOR = "an-operator"


@pytest.fixture(scope="module")
def role(deployed: System) -> str:
    policy = deployed.outputs[output_of(deployed.rotator.name, StackOutput.OPERATOR_POLICY_ARN)]
    return role_with(deployed.aws, OPERATOR, policy_arn=policy)


class Operator:
    """Somebody with a shell and credentials."""

    def __init__(self, system: System, variables: Mapping[str, str]) -> None:
        self._system = system
        self.environment = {
            **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
            **variables,
        }

    def types(self, command: str, *options: str, stack: str | None = None) -> tuple[int, Any]:
        done = subprocess.run(
            [COMMAND, command, "--json", "--stack", stack or self._system.stack_name, *options],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=150,
        )
        print(command, done.returncode, done.stdout, done.stderr)
        return done.returncode, json.loads(done.stdout)

    @contextmanager
    def may(self, actions: Set[str]) -> Iterator[None]:
        """Gives the role of an operator more rights."""
        iam = self._system.aws.client("iam")
        allow = {"Effect": "Allow", "Action": sorted(actions), "Resource": "*"}
        document = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
        iam.put_role_policy(RoleName=OPERATOR, PolicyName="more", PolicyDocument=document)
        yield
        iam.delete_role_policy(RoleName=OPERATOR, PolicyName="more")


@pytest.fixture
def operator(system: System, role: str) -> Operator:
    return Operator(system, shell_of(system.aws, role))


def test_the_policy_is_enough_for_every_verb_and_reads_no_secret(
    system: System, operator: Operator, role: str
) -> None:
    (checked, found), (rotated, _) = (operator.types(command) for command in ("check", "rotate"))
    status, told = eventually(
        lambda: said if (said := operator.types("status"))[1]["rotated_by"] else None,
        what="the log has the rotation",
    )

    assert (checked, rotated, status) == (0, 0, 0)
    assert found["unknown"] == ["alarms", "concurrency", "drift"], "a local AWS has no such thing"
    assert told["token_fingerprint"]
    clients = assume(system.aws, role)
    secret = system.rotator.secret_arn
    assert is_refused(lambda: clients("secretsmanager").get_secret_value(SecretId=secret))
    assert is_refused(lambda: clients("lambda").invoke(FunctionName="another"))


def fixes(section: Section, names: Mapping[str, str], shell: Shell, operator: Operator) -> str:
    """Runs the commands of a section and returns the output. The last one is `check`."""
    with operator.may(section.needs):
        done = shell.run(section.commands, names, operator.environment)
    assert done.returncode == 0
    assert done.stdout.splitlines()[-1].startswith("Nothing is wrong.")
    return done.stdout


@pytest.mark.parametrize("name", BROKEN)
def test_the_broken_link_is_named_and_the_commands_of_the_runbook_fix_it(
    system: System, operator: Operator, shell: Shell, tmp_path: Path, name: str
) -> None:
    link = BROKEN[name]
    section = Section.all()[link.section]
    new = system.generate() if "FILE" in section.commands else system.account
    names = names_of(system, new, tmp_path)

    assert operator.types("rotate")[0] == 0, "the token outlives the test on a slow machine, too"
    with ExitStack() as broken:
        broken.enter_context(is_broken(link, system))
        code, found = operator.types("check")
        result = "warning" if link.warns else "wrong"
        told = {one["step"]: one["message"] for one in found["steps"] if one["result"] == result}
        assert (code, found["wrong"]) == ((0, []) if link.warns else (1, link.steps))
        messages = " ".join(told[step] for step in link.steps)
        assert link.says in messages
        fix = RESTORE if link.section == BY_HAND else link.says
        assert fix in section.text
        assert fix in messages.replace("Deploy", "deploy")
        assert not unprinted(section, names, messages)
        if link.passes:
            broken.close()
        if link.section != BY_HAND:
            assert link.says not in fixes(section, names, shell, operator)
            system.account = new
    assert system.consumer().use().worked
    system.settle()


def test_a_parameter_that_somebody_overwrote_is_fixed_by_the_commands_of_the_runbook(
    system: System, operator: Operator, shell: Shell
) -> None:
    """`check` names it after a minute (unit tests); by then a watchdog has fixed it here."""
    with provider(Endpoint.TOKEN, DOWN, system):
        system.aws.client("ssm").put_parameter(
            Name=system.rotator.parameter_name, Value="mine", Type="SecureString", Overwrite=True
        )
        assert system.parameter()["Value"] == "mine"

    fixes(Section.all()["The parameter is deleted or overwritten"], {}, shell, operator)
    assert system.consumer().use().worked


def names_of(system: System, new: ServiceAccount, directory: Path) -> dict[str, str]:
    """What the words in capitals of the runbook stand for."""
    file = directory / "downloaded.txt"
    file.write_text(new.as_downloaded(), encoding="utf-8")
    alarms = system.aws.client("cloudwatch").describe_alarms(
        AlarmNamePrefix=f"{system.stack_name}/"
    )["MetricAlarms"]
    return {
        "FILE": str(file),
        "FUNCTION": system.rotator.function_name,
        "SECRET": system.rotator.secret_arn,
        "SCHEDULE": schedule(system, Trigger.SCHEDULE)[1]["Name"],
        "RULE": rule_of_a_new_key(system)[1]["Name"],
        "ALARMS": " ".join(one["AlarmName"] for one in alarms),
        "KEY": environment_of(system)["PARAMETER_KEY_ARN"].rpartition("/")[2],
    }


def unprinted(section: Section, names: Mapping[str, str], messages: str) -> list[str]:
    """Commands in one line that `check` does not print with the names filled in."""
    lines = filled_in(section.commands, names).splitlines()
    return [
        line
        for line in lines
        if line.startswith("aws ") and not re.search("file:|>", line) and line not in messages
    ]


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


def test_a_deployment_restores_all_that_was_changed_or_deleted_by_hand(
    system: System, operator: Operator, shell: Shell
) -> None:
    for link in BROKEN.values():
        if link.section == BY_HAND:
            link.breaks(system).__enter__()

    _, found = operator.types("check")
    assert found["wrong"] == ["secret", "schedules", "rules", "alarms"]
    administrator = Operator(system, system.aws.client_environment())
    assert RESTORE not in fixes(Section.all()[BY_HAND], {}, shell, administrator)
    assert system.consumer().use().worked
