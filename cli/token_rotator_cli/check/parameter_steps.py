"""Would a rotation publish it, and does one happen at all?"""

from collections import Counter
from typing import Final

from token_rotator.contract import Default, EncryptionContext, Trigger
from token_rotator.errors import ConfigurationError, PublicationError
from token_rotator_cli import published
from token_rotator_cli.aws import calling
from token_rotator_cli.findings import CheckContext, Finding, Result
from token_rotator_cli.schedules import RESTORE, schedules_of

ALLOWED: Final = "allowed"


def role(evidence: CheckContext) -> Finding:
    """May the function read the secret and write the parameter, as far as IAM's simulator knows?"""
    deployed = evidence.deployed
    denied = []
    for action, resource in (
        ("secretsmanager:GetSecretValue", deployed.settings.secret_arn),
        ("ssm:PutParameter", deployed.parameter_arn),
        ("kms:GenerateDataKey", deployed.settings.parameter_key_arn),
    ):
        with calling("iam:SimulatePrincipalPolicy"):
            answer = evidence.aws.iam.simulate_principal_policy(
                PolicySourceArn=deployed.role_arn,
                ActionNames=[action],
                ResourceArns=[resource],
                ContextEntries=[
                    {
                        "ContextKeyName": EncryptionContext.PARAMETER,
                        "ContextKeyType": "string",
                        "ContextKeyValues": [deployed.parameter_arn],
                    }
                ],
            )
        if any(one["EvalDecision"] != ALLOWED for one in answer["EvaluationResults"]):
            denied.append(action)
    if denied and evidence.aws.is_local:
        return Finding(says="a local AWS simulates no conditions", result=Result.UNKNOWN)
    if denied:
        raise ConfigurationError(
            f"The function's role is not allowed {' and '.join(denied)}: {RESTORE}, "
            "or look for a permissions boundary or service control policy that denies it."
        )
    return Finding(says="may read the secret and write the parameter, says IAM's simulator")


def record(evidence: CheckContext) -> Finding:
    """Do consumers find a token with life left in it?"""
    there = published.read(evidence.aws, evidence.deployed.settings)
    left = int(there.record.life_left(evidence.now).total_seconds())
    if left <= 0:
        raise PublicationError(
            f"The published token (version {there.version}) expired {-left} s ago: consumers have "
            "none. `status` says what stopped the last rotation."
        )
    return Finding(
        says=f"version {there.version} of {evidence.deployed.settings.parameter_name}: "
        f"{left} s of life left",
        facts={"version": there.version, "life_left_seconds": left},
    )


def schedules(evidence: CheckContext) -> Finding:
    """Does everything that a stack has for it call the function?"""
    ours = schedules_of(evidence.aws, evidence.deployed.function_arn)
    if disabled := [one.name for one in ours if not one.enabled]:
        raise ConfigurationError(
            f"Disabled: {' and '.join(disabled)}. Enable it in EventBridge Scheduler, or {RESTORE}."
        )
    expressions = {one.trigger: one.expression for one in ours}
    if Trigger.SCHEDULE not in expressions:
        raise ConfigurationError(f"No schedule calls the function: {RESTORE}.")
    counted = Counter(f"{one.trigger} {one.expression}" for one in ours)
    told = ", ".join(f"{count} {one}" for one, count in sorted(counted.items()))
    watchdogs = sum(one.trigger == Trigger.WATCHDOG for one in ours)
    result, gone = _watchdogs(watchdogs)
    facts = {**expressions, "watchdogs": watchdogs}
    return Finding(says=f"enabled: {told}{gone}", result=result, facts=facts)


def _watchdogs(there: int) -> tuple[Result, str]:
    """A stack has all of them or none; nothing that is read here says which was chosen."""
    if there == 0:
        return Result.OK, (
            "; no watchdog: right if watchdog_min_remaining_seconds = 0 was deployed, "
            f"which cannot be seen from here; else {RESTORE}"
        )
    if there < Default.WATCHDOGS:
        return Result.WARNING, (
            f"; {there} of {Default.WATCHDOGS} watchdogs, and no setting asks for that: after an "
            f"outage consumers wait longer for a token. To have them all, {RESTORE}"
        )
    return Result.OK, ""
