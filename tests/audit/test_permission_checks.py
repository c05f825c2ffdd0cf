"""The permission checks find policies that allow too much, too little or something unneeded."""

import copy
from collections.abc import Iterable
from dataclasses import replace

import pytest

from tests.audit.checks import iam_allowed, iam_flips, iam_refused, iam_tight
from tests.audit.deployments import DEPLOYMENTS
from tests.audit.iam.account import Account, deployed
from tests.audit.iam.cases import PLACE, Case, cases
from tests.audit.iam.changes import Change, with_less, without
from tests.audit.iam.refusal import Refusal, Safeguard
from token_rotator.contract import Variable
from token_rotator_cdk.config.models.rotator import RotatorConfig
from token_rotator_cdk.config.models.stack import StackConfig

AT_LEAST = 40


def the_defaults() -> Case:
    return next(case for case in cases() if case.name == "the defaults")


def rotates(account: Account) -> str:
    (name,) = (name for name in account.policies if name.startswith("Rotate of "))
    return name


def with_statement(case: Case, **statement: object) -> Case:
    name = rotates(case.account)
    policy = copy.deepcopy(case.account.policies[name])
    policy["Statement"].append({"Effect": "Allow", **statement})
    return replace(case, account=case.account.with_policy(name, policy))


def test_every_deployment_has_at_least_forty_different_refusals():
    numbers = {case.name: len({str(row.call) for row in case.refused}) for case in cases()}

    assert min(numbers.values()) >= AT_LEAST, numbers


def every(changes: Iterable[Change]) -> tuple[Case, ...]:
    """A case with the defaults for each change."""
    return tuple(
        replace(the_defaults(), name=change.says, account=change.account) for change in changes
    )


def named_in(misses: tuple[str, ...], audited: tuple[Case, ...]) -> set[str]:
    return {case.name for case in audited if any(miss.startswith(case.name) for miss in misses)}


@pytest.mark.parametrize("safeguard", [Safeguard.ACTION, Safeguard.RESOURCE, Safeguard.CONDITION])
def test_a_wider_statement_allows_a_refused_call(safeguard):
    account = the_defaults().account
    wider = every(
        change for change in without(account, safeguard) if change.policy == rotates(account)
    )

    misses = iam_refused.run(wider).misses

    assert wider
    assert named_in(misses, wider) == {case.name for case in wider}


def test_a_narrower_statement_stops_a_needed_call():
    narrower = every(with_less(the_defaults().account))

    misses = iam_allowed.run(narrower).misses

    assert narrower
    assert named_in(misses, narrower) == {case.name for case in narrower}


def test_an_unneeded_statement_is_found():
    case = with_statement(the_defaults(), Action="sqs:SendMessage", Resource=PLACE.arn("sqs:queue"))

    assert "no Action sqs:SendMessage" in str(iam_tight.run((case,)).misses)


def test_a_permission_that_two_statements_give_is_found():
    parameter = PLACE.arn("ssm:parameter/marketing/token")
    case = with_statement(the_defaults(), Action="ssm:GetParameter", Resource=parameter)

    assert "no Action ssm:GetParameter" in str(iam_tight.run((case,)).misses)


def test_a_call_that_is_refused_for_another_reason_does_not_count():
    case = the_defaults()
    row = next(row for row in case.refused if row.safeguard is Safeguard.RESOURCE)
    misplaced = Refusal(row.call, Safeguard.CONDITION)

    evidence = iam_flips.run((replace(case, refused=(misplaced,)),))

    assert "is refused without CONDITION, too" in str(evidence.misses)


def test_an_invalid_call_does_not_count():
    case = the_defaults()
    row = case.refused[0]
    misspelt = row._replace(call=replace(row.call, action="ssm:GetParametr"))

    assert "invalid.action" in str(iam_refused.run((replace(case, refused=(misspelt,)),)).misses)


def test_a_policy_of_a_kind_that_is_not_read_is_an_error():
    policy = {"Type": "AWS::S3::BucketPolicy", "Properties": {"PolicyDocument": {}}}

    with pytest.raises(KeyError, match="does not read"):
        deployed({"Resources": {"BucketPolicy": policy}}, PLACE)


def test_every_setting_that_is_not_just_the_functions_is_in_a_deployment_that_is_audited():
    settings = {*StackConfig.model_fields, *RotatorConfig.model_fields}
    tables: list[StackConfig | RotatorConfig] = []
    for deployment in DEPLOYMENTS.values():
        tables += [deployment.stack, *deployment.rotators.values()]
    audited = {key for table in tables for key, _ in table if key in table.model_fields_set}

    # what the function is asked with reaches its environment, and nothing else in the template
    # and alarms without actions are what the rule packs are there to find
    left_out = settings - audited - {"identity_provider", "alarm_actions_enabled"}
    assert {name for name in left_out if name.upper() not in Variable.__members__} == set()
