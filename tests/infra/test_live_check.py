"""What the live check asks IAM's simulator in an account, asked here about the template."""

from typing import Any

import pytest

from tests.support.iam_simulator import FakeSimulator
from tests.support.infra_templates import a_rotator, a_stack, resources, role_for, template
from token_rotator.contract import Variable
from token_rotator.settings import Settings
from token_rotator_cli.deployment.find import Deployed
from token_rotator_cli.deployment.state import state_of
from token_rotator_cli.live_check.permission_cases import (
    PermissionCase,
    function_cases,
    reader_cases,
    schedule_cases,
)
from token_rotator_cli.live_check.permissions import ALLOWED

ACCOUNT, REGION = "111122223333", "eu-west-1"
PSEUDO = {
    "AWS::Partition": "aws",
    "AWS::Region": REGION,
    "AWS::AccountId": ACCOUNT,
    "AWS::URLSuffix": "amazonaws.com",
}
SERVICES = {
    "AWS::KMS::Key": ("kms", "key/{}"),
    "AWS::Lambda::Function": ("lambda", "function:{}"),
    "AWS::Logs::LogGroup": ("logs", "log-group:{}:*"),
    "AWS::SecretsManager::Secret": ("secretsmanager", "secret:{}-AbCdEf"),
}

DOCUMENT = template(a_stack(), a_rotator(), sales=a_rotator(parameter_name="/sales/token"))


def resolved(value: Any) -> Any:
    """With the ARNs that AWS would put in."""
    if isinstance(value, list):
        return [resolved(one) for one in value]
    if not isinstance(value, dict):
        return value
    if "Fn::Join" in value:
        separator, parts = value["Fn::Join"]
        return separator.join(resolved(parts))
    if "Ref" in value:
        return PSEUDO.get(value["Ref"]) or arn_of(value["Ref"])
    if "Fn::GetAtt" in value:
        return arn_of(value["Fn::GetAtt"][0])
    return {key: resolved(one) for key, one in value.items()}


def arn_of(logical_id: str) -> str:
    service, tail = SERVICES[DOCUMENT["Resources"][logical_id]["Type"]]
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{tail.format(logical_id)}"


def marketing(kind: str, named: str = "") -> tuple[str, dict[str, Any]]:
    (found,) = (
        (name, properties)
        for name, properties in resources(DOCUMENT, kind).items()
        if name.startswith("Marketing") and named in name
    )
    return found


def statements(document: dict[str, Any]) -> list[dict[str, Any]]:
    return list(resolved(document["Statement"]))


def role_of(service: str) -> list[dict[str, Any]]:
    of_ours = {
        **DOCUMENT,
        "Resources": {k: v for k, v in DOCUMENT["Resources"].items() if k.startswith("Marketing")},
    }
    (policy,) = role_for(of_ours, service)["Policies"]
    return statements(policy["PolicyDocument"])


def deployed() -> Deployed:
    name, function = marketing("AWS::Lambda::Function")
    variables = resolved(function["Environment"]["Variables"])
    assert variables[Variable.ROTATOR] == "tokens/marketing"
    return Deployed(
        function_arn=arn_of(name),
        role_arn="role",
        log_group="log",
        settings=Settings.from_environment(variables),
        state=state_of(function),
    )


POLICIES = {
    "the function": (role_of("lambda"), list(function_cases(deployed()))),
    "Scheduler": (role_of("scheduler"), list(schedule_cases(deployed()))),
    "a consumer": (
        statements(marketing("AWS::IAM::ManagedPolicy", "ReaderPolicy")[1]["PolicyDocument"]),
        list(reader_cases(deployed())),
    ),
}


def misses(policy: list[dict[str, Any]], questions: list[PermissionCase]) -> list[str]:
    """What is answered otherwise than the live check expects."""
    simulator = FakeSimulator(of_roles={"role": [*policy]})
    found = []
    for question in questions:
        answer = simulator.simulate_principal_policy(
            PolicySourceArn="role",
            ActionNames=[*question.allowed, *question.refused],
            ResourceArns=[question.resource],
            ContextEntries=[
                {"ContextKeyName": key, "ContextKeyValues": [value]}
                for key, value in question.context.items()
            ],
        )
        found += [
            f"{one['EvalActionName']} on {question.about}"
            for one in answer["EvaluationResults"]
            if (one["EvalDecision"] == ALLOWED) != (one["EvalActionName"] in question.allowed)
        ]
    return found


@pytest.mark.parametrize("who", POLICIES)
def test_the_rendered_policies_answer_as_the_live_check_expects(who: str):
    assert misses(*POLICIES[who]) == []


@pytest.mark.parametrize("who", POLICIES)
def test_every_widened_or_missing_statement_of_a_policy_is_noticed(who: str):
    policy, questions = POLICIES[who]
    for number, statement in enumerate(policy):
        rest = [*policy[:number], *policy[number + 1 :]]
        assert misses([*rest, {**statement, "Resource": "*"}], questions), statement
        if "Condition" in statement:
            assert misses([*rest, {**statement, "Condition": {}}], questions), statement
        # without a log line, or with an encrypted secret, a rotation fails visibly
        visible = "logs:PutLogEvents" in statement["Action"] or "SecretARN" in str(statement)
        assert visible or misses(rest, questions), f"without {statement}"


def test_another_rotators_parameter_is_a_neighbours():
    policy, _ = POLICIES["the function"]
    theirs = f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter/sales/token"

    asked = PermissionCase(about="theirs", resource=theirs, refused=("ssm:GetParameter",))

    assert misses(policy, [asked]) == []


def test_lambda_logs_the_beginning_of_every_invocation():
    """At WARN and above, ``platform.start`` and ``platform.report`` would be missing."""
    logging = marketing("AWS::Lambda::Function")[1]["LoggingConfig"]

    assert logging["LogFormat"] == "JSON"
    assert logging.get("SystemLogLevel", "INFO") in ("INFO", "DEBUG")
