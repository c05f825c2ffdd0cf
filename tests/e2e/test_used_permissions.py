"""The deployed policies allow exactly the calls that the suite has made.

CloudTrail has recorded the calls of all tests before it. Only test_what_is_broken.py runs later,
because it breaks the rotator.
"""

import json

import pytest

from local.process import environment
from tests.audit.iam import account, intrinsics, needed
from tests.audit.iam.call import ALLOWED, decisions
from tests.audit.iam.rotators import Rotator, rotators
from tests.support.recorded_calls import Recorded, by_functions, listen
from tests.support.system import System
from token_reader import TokenReader

OTHER_STACKS = (
    *("short-lived", "new-stack", "another-team", "renamed", "hardened"),
    *("reporting", "probed"),
)
"""Parts of the names of resources that other tests deploy."""


class DeployedPolicies:
    """The deployed template, with the names of its resources."""

    def __init__(self, system: System) -> None:
        cloudformation = system.aws.client("cloudformation")
        body = cloudformation.get_template(StackName=system.stack_name)["TemplateBody"]
        template = json.loads(body) if isinstance(body, str) else body
        names = {one["LogicalResourceId"]: one["PhysicalResourceId"] for one in system.resources()}
        for logical_id, resource in template["Resources"].items():
            if resource["Type"] == "AWS::SecretsManager::Secret":  # AWS has the ARN here
                secrets = system.aws.client("secretsmanager")
                names[logical_id] = secrets.describe_secret(SecretId=names[logical_id])["ARN"]
        place = intrinsics.Place(
            account=environment.ACCOUNT, region=environment.REGION, physical_ids=names
        )
        self.account = account.deployed(template, place)
        self.rotators = list(rotators(template, place, secret_keys={}))

    def not_allowed(self, rotator: Rotator, principal: str, actions: set[str]) -> list[str]:
        """The calls that the actions cause and that the principal may not make."""
        calls = [
            call for action in actions for call in needed.requested(rotator, principal, action)
        ]
        answers = decisions((self.account, call) for call in calls)
        return [str(call) for call, ok in zip(calls, answers, strict=True) if ok != ALLOWED]


@pytest.fixture(scope="module")
def policies(deployed: System) -> DeployedPolicies:
    return DeployedPolicies(deployed)


def is_about(recorded: Recorded, rotator: Rotator) -> bool:
    return bool(recorded.about) and (
        recorded.about in {rotator.parameter, rotator.secret}
        or rotator.parameter.endswith(f":parameter{recorded.about}")
    )


def test_the_functions_have_made_exactly_the_calls_that_they_may_make(
    system: System, policies: DeployedPolicies
) -> None:
    record = list(by_functions(system.aws.client("cloudtrail")))

    for rotator in policies.rotators:
        did = {one.action for one in record if is_about(one, rotator)}
        assert did == set(needed.BY_THE_FUNCTION)
        assert policies.not_allowed(rotator, rotator.role, did) == []
    others = [
        one
        for one in record
        if not any(is_about(one, rotator) for rotator in policies.rotators)
        and not any(name in one.about for name in OTHER_STACKS)
    ]
    assert others == []


def test_a_consumer_has_made_exactly_the_calls_that_it_may_make(
    system: System, policies: DeployedPolicies
) -> None:
    client = system.aws.client("ssm")
    asked = listen(client)

    assert system.consumer().use().worked
    assert TokenReader(system.rotator.parameter_name, client).get().value

    (rotator,) = (
        one for one in policies.rotators if one.parameter.endswith(system.rotator.parameter_name)
    )
    assert len(asked) == 2
    did = {one.action for one in asked}
    assert did == set(needed.BY_A_CONSUMER)
    readers = needed.readers(policies.account, rotator)
    assert readers
    for reader in readers:
        assert policies.not_allowed(rotator, reader, did) == []
