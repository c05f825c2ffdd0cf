"""The calls of an operator, who has one policy, and who that is."""

from collections.abc import Iterator

from tests.audit.iam.account import Account
from tests.audit.iam.call import Call
from tests.audit.iam.rotators import Rotator


def operators(account: Account, rotator: Rotator) -> list[str]:
    """Principals with a policy that lets them see the function's configuration."""
    return [
        principal
        for principal, names in account.of_principal.items()
        if any(
            statement["Resource"] == rotator.function
            and "lambda:GetFunctionConfiguration" in statement["Action"]
            for name in names
            for statement in account.policies[name]["Statement"]
        )
    ]


def by_an_operator(rotator: Rotator, operator: str) -> Iterator[Call]:
    """What `token-rotator check`, `status` and `rotate` call.

    tests/e2e/test_what_is_broken.py runs them with this policy and nothing else.
    """
    for actions, resources in of_an_operator(rotator):
        for action in actions:
            for resource in resources:
                yield Call(principal=operator, action=action, resource=resource)


def of_an_operator(rotator: Rotator) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Actions, and the resources that they are for."""
    place = rotator.place
    return [
        (
            (
                "lambda:InvokeFunction",
                "lambda:GetFunctionConfiguration",
                "lambda:GetFunctionConcurrency",
            ),
            (rotator.function,),
        ),
        (("ssm:GetParameter",), (rotator.parameter,)),
        (("logs:FilterLogEvents",), (place.arn(f"logs:log-group:{rotator.log_group}:*"),)),
        (("kms:DescribeKey", "kms:GetKeyPolicy"), (rotator.parameter_key,)),
        (("sns:GetTopicAttributes", "sns:ListSubscriptionsByTopic"), rotator.topics),
        (("iam:GetRole",), (rotator.role, rotator.invoke_role)),
        (("scheduler:GetSchedule",), rotator.schedules),
        (("events:DescribeRule",), rotator.rules),
        (
            (
                "cloudformation:DescribeStacks",
                "cloudformation:DescribeStackResourceDrifts",
                "cloudformation:ListStackResources",
            ),
            (place.arn(f"cloudformation:stack/{_stack_of(rotator)}/0a1b2c3d"),),
        ),
        (
            (
                "cloudwatch:DescribeAlarms",
                "events:ListRuleNamesByTarget",
                "lambda:GetAccountSettings",
                "lambda:ListFunctions",
                "logs:DescribeLogGroups",
                "scheduler:ListSchedules",
            ),
            ("*",),
        ),
    ]


def _stack_of(rotator: Rotator) -> str:
    """The stack's name, with which the names of its resources begin."""
    return rotator.function.rpartition(":")[2].partition("-")[0]
