"""Steps that check the function's triggers: schedules, event rules and their roles."""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from token_rotator.contract import RESTORE, Trigger
from token_rotator.errors import ConfigurationError
from token_rotator_cdk.config.defaults import Default
from token_rotator_cdk.config.places import account_of
from token_rotator_cli.aws.calls import calling
from token_rotator_cli.check.context import CheckContext
from token_rotator_cli.deployment.resource_policy import Decision, Request, decide
from token_rotator_cli.deployment.schedules import STACK_TRIGGERS, schedules_of
from token_rotator_cli.errors import CallerError
from token_rotator_cli.steps import Finding, Result

IMPRECISION: Final = timedelta(minutes=1)
"""EventBridge Scheduler's; https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html"""

_EVENTS: Final = {
    "aws.secretsmanager": "a new key",
    "aws.ssm": "a deleted or overwritten parameter",
}
"""The rules' events by source."""

_EVENT_NAMES: Final = " or ".join(_EVENTS.values())


def schedules(context: CheckContext) -> Finding:
    """All schedules of the stack exist, and are enabled."""
    found = context.schedules = schedules_of(context.aws, context.outline.function_arn)
    if disabled := [one.name for one in found if not one.enabled]:
        raise ConfigurationError(
            f"Disabled: {' and '.join(disabled)}. Enable it in EventBridge Scheduler, or {RESTORE}."
        )
    expressions = {one.trigger: one.expression for one in found}
    if Trigger.SCHEDULE not in expressions:
        raise ConfigurationError(f"No schedule invokes the function: {RESTORE}.")
    counted = Counter(f"{one.trigger} {one.expression}" for one in found)
    listed = ", ".join(f"{count} {one}" for one, count in sorted(counted.items()))
    watchdogs = sum(one.trigger == Trigger.WATCHDOG for one in found)
    result, missing = _missing_watchdogs(watchdogs)
    return Finding(
        message=f"enabled: {listed}{missing}",
        result=result,
        facts={**expressions, "watchdogs": watchdogs},
    )


def triggered(context: CheckContext) -> Finding:
    """The schedules invoke the function, according to its log."""
    rates = [one.every for one in context.schedules if one.every]
    if not rates or context.log is None:
        return Finding(message="the log cannot be read", result=Result.UNKNOWN)
    within = 2 * min(rates) + IMPRECISION
    now = context.session.clock.now()
    by_schedule = [one for one in context.log.since(now - within) if one.trigger in STACK_TRIGGERS]
    if not by_schedule:
        raise ConfigurationError(
            f"No schedule has reached the function in the last {within.seconds // 60} minutes, "
            "although they are enabled. Their role may not invoke it (see the row roles), Lambda "
            "has no concurrency left (see concurrency), or the function cannot write its log (see "
            f"log). {RESTORE.capitalize()}."
        )
    last = max(one.at for one in by_schedule)
    return Finding(message=f"the last one {int((now - last).total_seconds())} s ago")


def rules(context: CheckContext) -> Finding:
    """The event rules of the stack exist, and are enabled."""
    function = context.outline.function_arn
    with calling("events:ListRuleNamesByTarget"):
        names = context.aws.event_rules.list_rule_names_by_target(TargetArn=function)["RuleNames"]
    sources, disabled = set(), []
    for name in names:
        with calling("events:DescribeRule"):
            found = context.aws.event_rules.describe_rule(Name=name)
        sources.update(json.loads(found["EventPattern"]).get("source", []))
        if found.get("State") == "DISABLED":
            disabled.append(name)
    if disabled:
        raise ConfigurationError(
            f"Disabled: {' and '.join(disabled)}, so {_EVENT_NAMES} waits for the next schedule. "
            f"aws events enable-rule --name {disabled[0]}, or {RESTORE}."
        )
    missing = [what for source, what in _EVENTS.items() if source not in sources]
    # without watchdogs, the stack has no rule for the parameter
    if not any(one.trigger == Trigger.WATCHDOG for one in getattr(context, "schedules", ())):
        missing = [what for what in missing if what != _EVENTS["aws.ssm"]]
    if missing:
        raise ConfigurationError(
            f"No event rule invokes the function after {' or '.join(missing)}, which waits for the "
            f"next schedule: {RESTORE}."
        )
    return Finding(message=f"{' and '.join(names)}: enabled")


def roles(context: CheckContext) -> Finding:
    """The function's role and that of the schedules exist, and their services may assume them."""
    needed = {one.role_arn: "scheduler.amazonaws.com" for one in context.schedules}
    if hasattr(context, "deployed"):
        needed[context.deployed.role_arn] = "lambda.amazonaws.com"
    problems = [
        problem
        for arn, principal in needed.items()
        for problem in _role_problems(context, arn, principal)
    ]
    if problems:
        raise ConfigurationError(f"{' '.join(problems)} {RESTORE.capitalize()}.")
    names = " and ".join(arn.rpartition("/")[2] for arn in sorted(needed))
    return Finding(message=f"{names} can be assumed")


def _role_problems(context: CheckContext, role: str, principal: str) -> Iterator[str]:
    name, account = role.rpartition("/")[2], account_of(role)
    try:
        with calling("iam:GetRole"):
            found = context.aws.iam.get_role(RoleName=name)["Role"]
    except CallerError as error:
        if error.code != "NoSuchEntity":
            raise
        yield f"The role {name}, which {principal} uses, no longer exists."
        return
    trust = json.dumps(found["AssumeRolePolicyDocument"])
    request = Request(
        principals=frozenset({principal}),
        action="sts:AssumeRole",
        resource=role,
        context={"aws:sourceaccount": account},
    )
    if decide(trust, request) is Decision.REFUSED:
        yield f"The role {name} does not let {principal} assume it."


def _missing_watchdogs(count: int) -> tuple[Result, str]:
    """A note on missing watchdogs. The deployed setting is unknown here."""
    if count == 0:
        return Result.OK, (
            "; no watchdog, which is correct only with watchdog_min_remaining_seconds = 0. "
            f"Otherwise {RESTORE}"
        )
    if count < Default.WATCHDOGS:
        return Result.WARNING, (
            f"; only {count} of {Default.WATCHDOGS} watchdogs: after an outage, consumers wait "
            f"longer for a token. To restore all, {RESTORE}"
        )
    return Result.OK, ""
