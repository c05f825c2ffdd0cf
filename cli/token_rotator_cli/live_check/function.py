"""Which function is it, and when did it run?"""

from datetime import timedelta

from token_rotator.contract import Trigger
from token_rotator.errors import ConfigurationError
from token_rotator_cli.deployment import find_deployment, outputs_of
from token_rotator_cli.findings import Finding
from token_rotator_cli.live_check import invocations
from token_rotator_cli.live_check.context import LiveCheckContext
from token_rotator_cli.live_check.schedule_accuracy import period_of
from token_rotator_cli.schedules import RESTORE, schedules_of

LONGEST_LOOK = timedelta(days=1)
"""Back into the log: some 3,000 invocations."""


def function(evidence: LiveCheckContext) -> Finding:
    """Is it there, and is its environment complete?"""
    stack = evidence.asked.place.stack or ""
    evidence.outputs = outputs_of(evidence.aws, stack)
    evidence.deployed = find_deployment(evidence.aws, evidence.asked.place)
    *_, region, account, _, name = evidence.deployed.function_arn.split(":")
    return Finding(
        says=f"of {evidence.deployed.settings.rotator}, in {region} of account {account}",
        facts={"function": name, "account": account, "region": region},
    )


def log(evidence: LiveCheckContext) -> Finding:
    """What does it tell of the last firings?"""
    deployed = evidence.deployed
    evidence.schedules = schedules_of(evidence.aws, deployed.function_arn)
    every = [period_of(one) for one in evidence.schedules if one.trigger == Trigger.SCHEDULE]
    if not every:
        raise ConfigurationError(f"No schedule calls the function: {RESTORE}.")
    back = min(every[0] * evidence.asked.firings, LONGEST_LOOK)
    since = evidence.clock.now() - back
    evidence.invocations = invocations.read(evidence.aws, deployed.log_group, since=since)
    if not evidence.invocations:
        raise ConfigurationError("Its log tells of no invocation: `make check` says what is wrong.")
    first = evidence.invocations[0].started_at
    return Finding(
        says=f"{len(evidence.invocations)} invocations since {first:%Y-%m-%d %H:%M:%S} UTC",
        facts={"invocations": len(evidence.invocations), "since": first.isoformat()},
    )
