"""Steps that check the target: account, region, bootstrap."""

from operator import attrgetter
from typing import Final

from token_rotator_cdk.config.places import Place as DeployedTo
from token_rotator_cdk.config.places import misplaced, partition_of
from token_rotator_cli.aws.calls import calling
from token_rotator_cli.deployment.account import account_of, confirm_account
from token_rotator_cli.errors import CallerError, WrongAccount
from token_rotator_cli.place import Place
from token_rotator_cli.preflight.bootstrap import QUALIFIER, Bootstrap
from token_rotator_cli.preflight.context import PreflightContext
from token_rotator_cli.preflight.references import ReferencedResource
from token_rotator_cli.steps import Finding, Result, for_each

SERVICES: Final = (
    *("cloudwatch", "events", "kms", "lambda", "logs"),
    *("scheduler", "secretsmanager", "sns", "ssm"),
)
"""Services that a stack uses, as named by botocore and AWS's list."""

_LIST: Final = "/aws/service/global-infrastructure"
"""https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-public-parameters-global-infrastructure.html"""

_BATCH: Final = 10
"""Maximum number of names in GetParameters."""


def account(context: PreflightContext) -> Finding:
    """The credentials are for the stacks' account, or can assume the CDK's lookup role there."""
    context.aws = context.connect()
    (named,) = {stack.account for stack in context.stacks}
    context.console.show_place(
        Place(
            account=named or account_of(context.aws),
            region=context.aws.region,
            stacks=tuple(stack.name for stack in context.stacks),
            rotators=tuple(rotator.table for rotator in context.rotators),
        )
    )
    try:
        confirm_account(context.aws, named, source="The deployment")
    except WrongAccount as error:
        message = _assume_lookup_role(context, named or "", error)
        return Finding(message=message, facts={"account": named, "region": context.aws.region})
    return Finding(
        message=f"to {context.place}",
        facts={"account": context.aws.account, "region": context.aws.region},
    )


def _assume_lookup_role(context: PreflightContext, account: str, error: WrongAccount) -> str:
    """Continues with the CDK's lookup role in another account. Raises WrongAccount."""
    region = context.aws.region
    for stack in context.stacks:
        if stack.bootstrap is None or stack.bootstrap.lookup_role is None:
            continue
        role = stack.bootstrap.lookup_role.replace(
            "${AWS::Partition}", partition_of(region) or "aws"
        )
        role = role.replace("${AWS::AccountId}", account).replace("${AWS::Region}", region)
        try:
            context.aws = context.aws.assuming(role)
        except CallerError:
            continue
        return f"to {region} of account {account}, read as {role}"
    raise error


def services(context: PreflightContext) -> list[Finding] | Finding:
    """The region has the services that a stack uses."""
    region = context.aws.region
    doubtful = [one for one in SERVICES if not context.aws.has_service(one)]
    if not doubtful:
        return Finding(message=f"all are in {region}")
    anywhere = {one: f"{_LIST}/services/{one}" for one in doubtful}
    listed_here = {one: f"{_LIST}/regions/{region}/services/{one}" for one in doubtful}
    listed = _listed(context, [*anywhere.values(), *listed_here.values()])
    missing = [
        one for one in doubtful if listed_here[one] not in listed and anywhere[one] in listed
    ]
    unlisted = [
        one for one in doubtful if listed_here[one] not in listed and anywhere[one] not in listed
    ]
    if missing:
        message = f"{region} has no {', '.join(missing)}: deploy to another region ([stack] region)"
        return Finding(message=message, result=Result.WRONG, facts={"missing": missing})
    if unlisted:
        message = f"it is unknown whether {region} has {', '.join(unlisted)}"
        return Finding(message=message, result=Result.UNKNOWN, facts={"not_said": unlisted})
    return Finding(message=f"all are in {region}")


def _listed(context: PreflightContext, names: list[str]) -> set[str]:
    """The public parameters that exist."""
    found: set[str] = set()
    for start in range(0, len(names), _BATCH):
        with calling("ssm:GetParameters"):
            answer = context.aws.parameters.get_parameters(Names=names[start : start + _BATCH])
        found |= {one["Name"] for one in answer["Parameters"]}
    return found


def bootstrap(context: PreflightContext) -> list[Finding] | Finding:
    """The region is bootstrapped with a recent enough version."""
    wanted = {stack.bootstrap: None for stack in context.stacks if stack.bootstrap is not None}
    found: list[Finding] = for_each(wanted, lambda one: _bootstrap_problem(context, one))
    versions = [f"{one.version_parameter} is {one.oldest_version} or newer" for one in wanted]
    return found or Finding(message=" and ".join(versions) or "none is needed")


def _bootstrap_problem(context: PreflightContext, wanted: Bootstrap) -> Finding | None:
    name = wanted.version_parameter
    own = "" if f"/{QUALIFIER}/" in name else " with your qualifier"
    fix = f"npx cdk bootstrap aws://{context.aws.account}/{context.aws.region}{own}"
    try:
        with calling("ssm:GetParameter"):
            version = context.aws.parameters.get_parameter(Name=name)["Parameter"]["Value"]
    except CallerError as error:
        if error.code != "ParameterNotFound":
            raise
        message = f"{context.place} is not bootstrapped (there is no parameter {name}): {fix}"
        return Finding(message=message, result=Result.WRONG, facts={"version": None})
    if int(version) >= wanted.oldest_version:
        return None
    return Finding(
        message=f"{context.place} is bootstrapped with version {version}, and "
        f"{wanted.oldest_version} is needed: {fix}",
        result=Result.WRONG,
        facts={"version": int(version)},
    )


def named(context: PreflightContext) -> list[Finding] | Finding:
    """The existing resources that the stacks use are available here."""
    references = {
        one: None
        for stack in context.stacks
        for one in sorted(stack.references, key=attrgetter("arn"))
    }
    found = for_each(references, lambda one: _named_problem(context, one))
    listed = ", ".join(one.kind.name for one in references) or "nothing is named"
    return found or Finding(message=listed)


def _named_problem(context: PreflightContext, one: ReferencedResource) -> Finding | None:
    target = DeployedTo(region=context.aws.region, account=context.aws.account)
    if fix := misplaced(one.kind.place, one.arn, target):
        message = f"{one.setting} = {one.arn}: {fix}"
    elif problem := one.kind.problem(context.aws, one.arn):
        message = f"the {one.kind.name} {one.arn} ({one.setting}) {problem}"
    else:
        return None
    return Finding(message=message, result=Result.WRONG, facts={"arn": one.arn})
