"""Triggers of the function: the schedule, the watchdogs and two events."""

from typing import Any

from aws_cdk import Duration, Stack
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as event_targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_scheduler_targets as schedule_targets
from constructs import Construct

from token_rotator.contract import EventField, Trigger
from token_rotator_cdk.actions import Actions
from token_rotator_cdk.config.defaults import Default
from token_rotator_cdk.config.models.rotator import RotatorConfig
from token_rotator_cdk.config.rules.iam import RoleKind
from token_rotator_cdk.constructs.naming import RoleNames

MAX_EVENT_AGE = Duration.minutes(1)
"""After this, the watchdog's next run replaces a lost one."""
DELIVERY_RETRIES = 2


class Triggers(Construct):
    """Everything that invokes one function."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        settings: RotatorConfig,
        function: lambda_.IFunction,
        secret_arn: str,
        parameter_name: str,
        names: RoleNames,
    ) -> None:
        super().__init__(scope, construct_id)
        self.schedules: list[scheduler.Schedule] = []
        self.rules: list[events.Rule] = []
        self._function = function
        self.role = _invoke_role(self, function, names)
        self._schedule(
            "Schedule",
            rate=Duration.minutes(settings.interval_minutes),
            description="Obtains a fresh token",
            payload={EventField.TRIGGER: Trigger.SCHEDULE},
        )
        watchdogs = Default.WATCHDOGS if settings.watchdog_min_remaining_seconds > 0 else 0
        for number in range(watchdogs):
            self._schedule(
                f"Watchdog{number + 1}",
                rate=Duration.minutes(1),
                description="Repairs within a minute what the schedule missed",
                payload={
                    EventField.TRIGGER: Trigger.WATCHDOG,
                    EventField.MIN_REMAINING_SECONDS: settings.watchdog_min_remaining_seconds,
                },
            )
        self._event(
            "SecretChanged",
            description="Rotates within seconds after a new key is stored",
            pattern=events.EventPattern(
                source=["aws.secretsmanager"],
                detail_type=["Secret Label Updated"],
                resources=[secret_arn],
                detail={"labelUpdated": ["AWSCURRENT"]},
            ),
            payload=Trigger.SECRET_CHANGED,
        )
        if watchdogs:
            # https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-cwe.html
            self._event(
                "ParameterChanged",
                description="Lets the next watchdog repair a deleted or overwritten parameter",
                pattern=events.EventPattern(
                    source=["aws.ssm"],
                    detail_type=["Parameter Store Change"],
                    detail={
                        "name": [parameter_name],
                        "operation": ["Create", "Update", "Delete"],
                    },
                ),
                payload=Trigger.PARAMETER_CHANGED,
            )

    def created_after(self, others: "Triggers") -> None:
        """Creates these schedules after those of another rotator.

        A rate schedule counts from its creation, so schedules created together fire together:
        docs/understand/decisions/0018-firing-times.md.
        """
        for schedule, other in zip(self.schedules, others.schedules, strict=False):
            schedule.node.add_dependency(other)

    def _event(
        self,
        construct_id: str,
        *,
        description: str,
        pattern: events.EventPattern,
        payload: Trigger,
    ) -> None:
        target = event_targets.LambdaFunction(
            self._function,
            event=events.RuleTargetInput.from_object({EventField.TRIGGER: payload}),
            max_event_age=MAX_EVENT_AGE,
            retry_attempts=DELIVERY_RETRIES,
        )
        rule = events.Rule(
            self,
            construct_id,
            description=description,
            event_pattern=pattern,
            targets=[target],
        )
        self.rules.append(rule)

    def _schedule(
        self, construct_id: str, *, rate: Duration, description: str, payload: dict[str, Any]
    ) -> None:
        schedule = scheduler.Schedule(
            self,
            construct_id,
            description=description,
            schedule=scheduler.ScheduleExpression.rate(rate),
            target=schedule_targets.LambdaInvoke(
                self._function,
                input=scheduler.ScheduleTargetInput.from_object(payload),
                # the CDK would also let the role invoke every version of the function
                role=self.role.without_policy_updates(),
                max_event_age=MAX_EVENT_AGE,
                retry_attempts=DELIVERY_RETRIES,
            ),
        )
        # a rate schedule fires on creation, so the role and the function must be complete
        schedule.node.add_dependency(self.role, self._function)
        self.schedules.append(schedule)


def _invoke_role(scope: Construct, function: lambda_.IFunction, names: RoleNames) -> iam.Role:
    stack = Stack.of(scope)
    group = stack.format_arn(
        service="scheduler", resource="schedule-group", resource_name="default"
    )
    return iam.Role(
        scope,
        "InvokeRole",
        path=names.path,
        role_name=names.name(scope, RoleKind.INVOKE),
        description="Lets EventBridge Scheduler invoke one function",
        assumed_by=iam.ServicePrincipal(
            "scheduler.amazonaws.com",
            # https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html
            conditions={
                "StringEquals": {"aws:SourceAccount": stack.account, "aws:SourceArn": group}
            },
        ),
        inline_policies={
            "InvokeFunction": iam.PolicyDocument(
                statements=[
                    iam.PolicyStatement(
                        actions=[*Actions.INVOKE_FUNCTION], resources=[function.function_arn]
                    )
                ]
            )
        },
    )
