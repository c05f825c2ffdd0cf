"""Steps that show whether a rotation can publish a token, and whether one runs at all."""

from collections import Counter
from typing import Final

from token_rotator.contract import Actions, EncryptionContext, Trigger, ValueFormat
from token_rotator.errors import ConfigurationError, PublicationError
from token_rotator_cdk.config.defaults import Default
from token_rotator_cli.aws.calls import calling
from token_rotator_cli.check.context import CheckContext
from token_rotator_cli.deployment.inventory import rotators_in
from token_rotator_cli.deployment.parameter import read_published
from token_rotator_cli.deployment.schedules import RESTORE, schedules_of
from token_rotator_cli.steps import Finding, Result

ALLOWED: Final = "allowed"


def role(context: CheckContext) -> Finding:
    """The function's role can read the secret and write the parameter, by IAM's simulator."""
    deployed = context.deployed
    refused = []
    for actions, resource in (
        (Actions.READ_SECRET, deployed.settings.secret_arn),
        (Actions.WRITE_PARAMETER, deployed.parameter_arn),
        (Actions.ENCRYPT_PARAMETER, deployed.settings.parameter_key_arn),
    ):
        with calling("iam:SimulatePrincipalPolicy"):
            answer = context.aws.iam.simulate_principal_policy(
                PolicySourceArn=deployed.role_arn,
                ActionNames=[*actions],
                ResourceArns=[resource],
                ContextEntries=[
                    {
                        "ContextKeyName": EncryptionContext.PARAMETER,
                        "ContextKeyType": "string",
                        "ContextKeyValues": [deployed.parameter_arn],
                    }
                ],
            )
        refused += [
            one["EvalActionName"]
            for one in answer["EvaluationResults"]
            if one["EvalDecision"] != ALLOWED
        ]
    if refused and context.aws.is_local:
        return Finding(
            message="a local AWS does not simulate conditions of policies", result=Result.UNKNOWN
        )
    if refused:
        raise ConfigurationError(
            f"The function's role is not allowed {' and '.join(refused)}: {RESTORE}, "
            "or find the permissions boundary or service control policy that denies it."
        )
    return Finding(message="can read the secret and write the parameter, by IAM's simulator")


def record(context: CheckContext) -> Finding:
    """Consumers find a token that has not expired."""
    there = read_published(context.aws, context.deployed.settings)
    left = int(there.record.life_left(context.now).total_seconds())
    if left <= 0:
        raise PublicationError(
            f"The published token (version {there.version}) expired {-left} s ago: consumers have "
            "none. `token-rotator status` shows what stopped the last rotation."
        )
    settings = context.deployed.settings
    # nothing in the parameter says when a bare token expires
    at_most = "at most " if settings.value_format is ValueFormat.TOKEN else ""
    return Finding(
        message=f"version {there.version} of {settings.parameter_name}: "
        f"{at_most}{left} s of life left",
        facts={"version": there.version, "life_left_seconds": left},
    )


def writers(context: CheckContext) -> Finding:
    """No other rotator of the account and region writes the parameter."""
    deployed = context.deployed
    name = deployed.settings.parameter_name
    others = [
        one
        for one in rotators_in(context.aws)
        if one.parameter_name == name and one.function_arn != deployed.function_arn
    ]
    if others:
        listed = " and ".join(f"{one.rotator} ({one.function_arn})" for one in others)
        raise ConfigurationError(
            f"{listed} writes {name}, too: each encrypts it with its own key, which consumers of "
            "the other may not use. Take one of them away, or give it another parameter_name "
            "(docs/renaming.md)."
        )
    return Finding(message=f"no other rotator of this account and region writes {name}")


def schedules(context: CheckContext) -> Finding:
    """All schedules of the stack are there, and are enabled."""
    ours = schedules_of(context.aws, context.deployed.function_arn)
    if disabled := [one.name for one in ours if not one.enabled]:
        raise ConfigurationError(
            f"Disabled: {' and '.join(disabled)}. Enable it in EventBridge Scheduler, or {RESTORE}."
        )
    expressions = {one.trigger: one.expression for one in ours}
    if Trigger.SCHEDULE not in expressions:
        raise ConfigurationError(f"No schedule invokes the function: {RESTORE}.")
    counted = Counter(f"{one.trigger} {one.expression}" for one in ours)
    listed = ", ".join(f"{count} {one}" for one, count in sorted(counted.items()))
    watchdogs = sum(one.trigger == Trigger.WATCHDOG for one in ours)
    result, missing = _missing_watchdogs(watchdogs)
    return Finding(
        message=f"enabled: {listed}{missing}",
        result=result,
        facts={**expressions, "watchdogs": watchdogs},
    )


def _missing_watchdogs(there: int) -> tuple[Result, str]:
    """A stack has all watchdogs or none; nothing that is read here tells which was deployed."""
    if there == 0:
        return Result.OK, (
            "; no watchdog, which is right only if watchdog_min_remaining_seconds = 0 was "
            f"deployed. Otherwise {RESTORE}"
        )
    if there < Default.WATCHDOGS:
        return Result.WARNING, (
            f"; {there} of {Default.WATCHDOGS} watchdogs, which no setting asks for: after an "
            f"outage consumers wait longer for a token. To have all of them, {RESTORE}"
        )
    return Result.OK, ""
