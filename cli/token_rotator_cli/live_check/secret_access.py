"""The step that checks the alerts about access to the secret (``secret_access_alerts``)."""

import json
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any, Final

from token_rotator.contract import RESTORE, StackOutput
from token_rotator_cli.aws.calls import calling
from token_rotator_cli.errors import CheckFailed
from token_rotator_cli.live_check.context import LiveCheckContext
from token_rotator_cli.live_check.metrics import metric_sum
from token_rotator_cli.steps import Finding, Result

WITH_READS: Final = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"
"""Rules with state ENABLED do not receive read-only events.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail-management.html
"""
PERIOD: Final = timedelta(days=1)
"""The number of minutes that one GetMetricStatistics call returns."""


def secret_access(context: LiveCheckContext) -> Finding:
    """A trail records reads of the secret, and the rule notifies the topic."""
    rules = [*_rules(context)]
    if not rules:
        return Finding(message="not deployed (secret_access_alerts)", result=Result.SKIPPED)
    topic = context.outputs.get(StackOutput.ALARM_TOPIC_ARN, "")
    for rule in rules:
        if rule["State"] != WITH_READS:
            raise CheckFailed(
                f"The rule's state is {rule['State']}, not {WITH_READS}: it ignores reads. "
                f"{RESTORE.capitalize()}."
            )
        if topic not in _targets(context, rule):
            raise CheckFailed(f"The rule does not notify the alarm topic. {RESTORE.capitalize()}.")
    if context.aws.is_local:
        return Finding(message="a local AWS records no calls", result=Result.UNKNOWN)
    if not _is_recorded(context):
        raise CheckFailed(
            "No CloudTrail trail is logging in this region, so EventBridge receives no events: "
            "create a trail that logs management events."
        )
    alerts, failed = (
        _daily_sum(context, rules, name) for name in ("Invocations", "FailedInvocations")
    )
    if failed:
        raise CheckFailed(
            f"EventBridge could not notify the topic {failed:.0f} times in a day: check the "
            "policies of the topic and its key, and the rule's role."
        )
    return Finding(
        message=f"a trail is logging, and the rule notifies the topic; {alerts:.0f} alerts a day",
        facts={"alerts": alerts},
    )


def _rules(context: LiveCheckContext) -> Iterator[Mapping[str, Any]]:
    """The stack's rules for reads of this secret."""
    for name in sorted(context.stack_resources.of("AWS::Events::Rule")):
        with calling("events:DescribeRule"):
            rule = context.aws.event_rules.describe_rule(Name=name)
        detail = json.loads(rule.get("EventPattern") or "{}").get("detail", {})
        secrets = detail.get("requestParameters", {}).get("secretId", ())
        if context.deployed.settings.secret_arn in secrets:
            yield rule


def _targets(context: LiveCheckContext, rule: Mapping[str, Any]) -> set[str]:
    with calling("events:ListTargetsByRule"):
        response = context.aws.event_rules.list_targets_by_rule(Rule=rule["Name"])
    return {one["Arn"] for one in response["Targets"]}


def _is_recorded(context: LiveCheckContext) -> bool:
    with calling("cloudtrail:DescribeTrails"):
        trails = context.aws.trails.describe_trails(includeShadowTrails=True)["trailList"]
    for trail in trails:
        with calling("cloudtrail:GetTrailStatus"):
            if context.aws.trails.get_trail_status(Name=trail["TrailARN"])["IsLogging"]:
                return True
    return False


def _daily_sum(context: LiveCheckContext, rules: list[Mapping[str, Any]], metric: str) -> float:
    until = context.clock.now().replace(second=0, microsecond=0)
    return sum(
        metric_sum(
            context, "AWS/Events", metric, {"RuleName": rule["Name"]},
            since=until - PERIOD, until=until,
        )
        for rule in rules
    )  # fmt: skip
