"""Steps that check parameters, secrets, keys, networks and consumers of the rotators."""

from typing import TYPE_CHECKING

from token_rotator_cdk.config.places import SECRET, Place, misplaced
from token_rotator_cdk.config.rules.aws import ROTATOR_TAG
from token_rotator_cli.aws.calls import calling
from token_rotator_cli.deployment.key import key_problem
from token_rotator_cli.deployment.network import Network, Networks
from token_rotator_cli.deployment.parameter import describe_parameters
from token_rotator_cli.errors import CallerError
from token_rotator_cli.preflight.context import PreflightContext
from token_rotator_cli.preflight.losses import losses as losses_of
from token_rotator_cli.preflight.moves import moves as moves_of
from token_rotator_cli.preflight.planned.stacks import PlannedRotator
from token_rotator_cli.preflight.secrets import existing_secret_problem, new_secret_problem
from token_rotator_cli.steps import Finding, Result, for_each

if TYPE_CHECKING:
    from mypy_boto3_ssm.type_defs import ParameterMetadataTypeDef


def parameters(context: PreflightContext) -> list[Finding] | Finding:
    """No parameter of another owner would be overwritten."""
    if context.aws.is_local:
        return Finding(message="a local AWS describes no policies", result=Result.UNKNOWN)
    names = dict.fromkeys(one.parameter_name for one in context.rotators)
    existing = [*describe_parameters(context.aws, names)]
    found = for_each(existing, lambda one: _overwrite_problem(context, one))
    return found or Finding(
        message=f"{len(existing)} of {len(names)} exist, and belong to rotators"
    )


def _overwrite_problem(
    context: PreflightContext, one: "ParameterMetadataTypeDef"
) -> Finding | None:
    name, kind = one["Name"], one["Type"]
    if _has_writer(context, name):
        return None
    if kind == "SecureString":
        with calling("ssm:ListTagsForResource"):
            tags = context.aws.parameters.list_tags_for_resource(
                ResourceType="Parameter", ResourceId=name
            )["TagList"]
        if ROTATOR_TAG in {tag["Key"] for tag in tags}:
            return None
    return Finding(
        message=f"{name} exists (type {kind}) and was not written by a rotator. A token would "
        "overwrite it. Set another parameter_name, or delete it if it is unused: "
        f"aws ssm delete-parameter --name {name}",
        result=Result.WRONG,
        facts={"parameter": name, "type": kind},
    )


def _has_writer(context: PreflightContext, name: str) -> bool:
    """Whether a rotator writes it. The tag identifies rotators that no longer exist."""
    try:
        return name in {one.parameter_name for one in context.deployed}
    except CallerError:
        return False


def secrets(context: PreflightContext) -> list[Finding] | Finding:
    """New secrets have unused names, and existing secrets can be used."""
    found = for_each(context.rotators, lambda one: _secret_problem(context, one))
    new = sum(one.creates_secret for one in context.rotators)
    return found or Finding(message=f"{new} of the stacks, {len(context.rotators) - new} others")


def _secret_problem(context: PreflightContext, rotator: PlannedRotator) -> Finding | None:
    if rotator.creates_secret:
        problem = new_secret_problem(
            context.aws,
            rotator,
            owned=lambda: context.resources(rotator.stack).of("AWS::SecretsManager::Secret"),
        )
    elif rotator.secret_arn is None:
        return None
    elif fix := misplaced(
        SECRET, rotator.secret_arn, Place(region=context.aws.region, account=context.aws.account)
    ):
        problem = (
            f"the secret {rotator.secret_arn} of {rotator.rotator} is in the wrong place: {fix}"
        )
    else:
        problem = existing_secret_problem(context.aws, rotator, arn=rotator.secret_arn)
    if problem is None:
        return None
    return Finding(message=problem, result=Result.WRONG, facts={"rotator": rotator.rotator})


def keys(context: PreflightContext) -> list[Finding] | Finding:
    """The current encryption keys of these stacks can be used."""
    named = {one.arn for stack in context.stacks for one in stack.references}
    stacks = {stack.name for stack in context.stacks}
    used_keys = {one.key_arn for one in context.deployed if one.stack in stacks} - named
    found = for_each(sorted(used_keys), lambda one: _key_problem(context, one))
    return found or Finding(message=f"{len(used_keys)} in use")


def _key_problem(context: PreflightContext, key: str) -> Finding | None:
    problem = key_problem(context.aws, key)
    if problem is None:
        return None
    message = f"the key {key}, which encrypts tokens, {problem}"
    return Finding(message=message, result=Result.WRONG, facts={"key": key})


def network(context: PreflightContext) -> list[Finding] | Finding:
    """The subnets and security groups exist, match and have free addresses."""
    attached = [(one.rotator, one.network) for one in context.rotators if one.network is not None]
    if not attached:
        return Finding(message="no function is attached to a known VPC")
    networks = Networks(context.aws, (one for _, one in attached))
    found = for_each(attached, lambda one: _network_problem(networks, *one))
    return found or Finding(message=f"{len(attached)} functions can be attached")


def _network_problem(networks: Networks, rotator: str, network: Network) -> Finding | None:
    facts = {"rotator": rotator}
    if problem := networks.problem(network):
        return Finding(message=f"{rotator} {problem}", result=Result.WRONG, facts=facts)
    if warnings := ". It ".join(networks.warnings(network)):
        return Finding(message=f"{rotator} {warnings}", result=Result.WARNING, facts=facts)
    return None


def moves(context: PreflightContext) -> list[Finding] | Finding:
    """No roles or reader policies are replaced."""
    return [
        Finding(
            message=f"{one.parameter_name}: {one.message}",
            result=Result.WARNING,
            facts={"parameter": one.parameter_name},
        )
        for one in moves_of(context.stacks, context.deployed)
    ] or Finding(message="no role and no reader policy is replaced")


def losses(context: PreflightContext) -> list[Finding] | Finding:
    """No consumer loses its token, unless accepted."""
    found = []
    for one in losses_of(context.stacks, context.deployed):
        accepted = one.parameter_name in context.accepted
        found.append(
            Finding(
                message=f"{one.parameter_name}: {'accepted; ' if accepted else ''}{one.message}",
                result=Result.WARNING if accepted else Result.WRONG,
                facts={"parameter": one.parameter_name, "accepted": accepted},
            )
        )
    return found or Finding(message="no consumer loses its token")
