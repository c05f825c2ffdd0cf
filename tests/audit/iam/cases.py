"""The evaluated cases: the account of each deployment, its needed calls and its refused calls."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

from tests.audit.deployments import DEPLOYMENTS, template_of
from tests.audit.iam.account import Account, Policy, deployed
from tests.audit.iam.call import Call
from tests.audit.iam.intrinsics import Place
from tests.audit.iam.needed import needed
from tests.audit.iam.refusal import Refusal
from tests.audit.iam.refused import refused
from tests.audit.iam.rotators import rotators
from token_rotator_cdk.config.key_policy import StackPlace, statements_for_services
from token_rotator_cdk.config.models.deployment import Deployment

PLACE: Final = Place()


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A deployment in an account, with the calls that must be allowed and refused."""

    name: str
    account: Account
    needed: tuple[Call, ...]
    refused: tuple[Refusal, ...]


@cache
def cases() -> tuple[Case, ...]:
    """The cases of all audited deployments."""
    return tuple(_case(name, deployment) for name, deployment in DEPLOYMENTS.items())


def few_cases() -> tuple[Case, ...]:
    """The cases of the two deployments that together have nearly all statements."""
    by_name = {one.name: one for one in cases()}
    return by_name["the defaults"], by_name["everything set"]


def _case(name: str, deployment: Deployment) -> Case:
    template = template_of(name)
    # as CloudFormation names what has no name of its own
    names = {one: f"{deployment.stack.name}-{one}" for one in template["Resources"]}
    stack = deployment.stack
    place = replace(
        PLACE, region=stack.region or PLACE.region, stack=stack.name, physical_ids=names
    )
    account = deployed(template, place)
    if key := deployment.stack.key_arn:
        account = account.with_key(key, *_named_keys_statements(deployment, place))
    secret_keys = {
        rotator.secret.arn: rotator.secret.key_arn
        for rotator in deployment.rotators.values()
        if rotator.secret and rotator.secret.key_arn
    }
    each = tuple(rotators(template, place, secret_keys=secret_keys))
    return Case(
        name=name,
        account=account,
        needed=tuple(needed(template, account, each)),
        refused=tuple(refused(template, account, each)),
    )


def _named_keys_statements(deployment: Deployment, place: Place) -> Iterator[Policy]:
    """What `token-rotator key-policy` prints for a key whose policy lets IAM policies decide."""
    where = StackPlace(
        partition=place.partition,
        region=place.region,
        account=place.account,
        dns_suffix=place.url_suffix,
    )
    return statements_for_services(deployment, where)
