"""Notifications of one rotator: its alarms, and alerts about access to its secret."""

from collections.abc import Mapping

from aws_cdk import Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_sns as sns
from constructs import Construct

from token_rotator_cdk.config.defaults import PROFILES
from token_rotator_cdk.config.models.rotator import RotatorConfig
from token_rotator_cdk.constructs.function import RotatorFunction
from token_rotator_cdk.constructs.monitoring.alarm_topic import allow_alarms_to_publish
from token_rotator_cdk.constructs.monitoring.alarms import RotatorAlarms
from token_rotator_cdk.constructs.monitoring.secret_access_alerts import SecretAccessAlerts
from token_rotator_cdk.constructs.monitoring.texts import AlertTexts
from token_rotator_cdk.constructs.naming import RoleNames


def monitor(
    rotator: Construct,
    *,
    name: str,
    settings: RotatorConfig,
    function: RotatorFunction,
    secret_arn: str,
    secret_name: str,
    topic: sns.ITopic | None,
    actions_enabled: bool,
    secret_access_alerts: bool,
    runbook_url: str | None,
    names: RoleNames,
) -> Mapping[str, cloudwatch.Alarm]:
    """Creates alarms and alerts, and returns the alarms by name.

    Without a topic, no one is notified.
    """
    texts = AlertTexts(scope=rotator, function_name=function.function_name, runbook_url=runbook_url)
    if topic is not None:
        allow_alarms_to_publish(topic, Stack.of(rotator))
        if secret_access_alerts:
            SecretAccessAlerts(
                rotator,
                "SecretAccessAlerts",
                rotator=name,
                secret_arn=secret_arn,
                secret_name=secret_name,
                role_arn=function.execution_role.role_arn,
                topic=topic,
                names=names,
                texts=texts,
            )
    return RotatorAlarms(
        rotator,
        "Alarms",
        rotator=name,
        interval_minutes=settings.interval_minutes,
        watchdogs=settings.watchdog_min_remaining_seconds > 0,
        keys_expire=PROFILES[settings.identity_provider.profile].key_lifetime_days is not None,
        function=function,
        topic=topic,
        actions_enabled=actions_enabled,
        texts=texts,
    ).by_name
