"""The CloudWatch alarms of a rotator."""

from typing import Final

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns
from constructs import Construct

from token_rotator.contract import Metric
from token_rotator_cdk.constructs.monitoring.metrics import rotator_metric
from token_rotator_cdk.constructs.monitoring.texts import AlertTexts

MINUTE: Final = Duration.minutes(1)

LOW_MARGIN_SECONDS: Final = 30
FEW_KEY_DAYS: Final = 30
RECOVERY_MINUTES: Final = 3
"""RefreshFailing clears after this many: a watchdog run that skips the rotation also succeeds."""

FIRST_KEY_MINUTES: Final = 30
"""Time to store the service account after the first deployment before an alarm fires."""

UNHEALTHY_MINUTES: Final = 1
"""Minutes without data, beyond a healthy system's maximum, that fire the alarm."""
DELAYED_MINUTES: Final = 1
"""The newest minute's data point may not have arrived in CloudWatch yet:
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html (FILL)
"""

AT_LEAST: Final = cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD
BELOW: Final = cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD


class RotatorAlarms(Construct):
    """The alarms of one rotator. The id names the problem, the description contains the fix."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        rotator: str,
        interval_minutes: int,
        watchdogs: bool,
        keys_expire: bool,
        function: lambda_.IFunction,
        topic: sns.ITopic | None,
        actions_enabled: bool,
        texts: AlertTexts,
    ) -> None:
        """``rotator`` is its name in metrics. Without a topic, the alarms have no actions."""
        super().__init__(scope, construct_id)
        self._rotator = rotator
        self._actions_enabled = actions_enabled
        self._texts = texts
        self._action = None if topic is None else actions.SnsAction(topic)
        self.by_name: dict[str, cloudwatch.Alarm] = {}
        minutes_without_token = minutes_without_publication(interval_minutes)

        self._alarm(
            "RefreshFailing",
            metric=function.metric_errors(period=MINUTE, statistic=cloudwatch.Stats.SUM),
            comparison=AT_LEAST,
            threshold=1,
            within_minutes=RECOVERY_MINUTES,
        )
        self._no_data_alarm(
            "TokenNotRefreshed",
            metric=self._metric(Metric.TOKEN_PUBLISHED),
            minutes=minutes_without_token,
        )
        if watchdogs:
            self._no_data_alarm(
                "FunctionNotInvoked",
                metric=function.metric_invocations(period=MINUTE, statistic=cloudwatch.Stats.SUM),
                minutes=minutes_without_invocation(),
            )
        self._alarm(
            "TokenMarginLow",
            metric=self._metric(Metric.EXPIRY_MARGIN_SECONDS),
            comparison=BELOW,
            threshold=LOW_MARGIN_SECONDS,
            within_minutes=minutes_without_token,
        )
        self._alarm(
            "PreviousKeyInUse",
            metric=self._metric(Metric.PREVIOUS_KEY_USED),
            comparison=AT_LEAST,
            threshold=1,
            within_minutes=minutes_without_token,
        )
        if keys_expire:
            self._alarm(
                "KeyExpiringSoon",
                metric=self._metric(Metric.KEY_DAYS_LEFT),
                comparison=BELOW,
                threshold=FEW_KEY_DAYS,
                within_minutes=minutes_without_token,
            )

    def _metric(self, metric: Metric) -> cloudwatch.Metric:
        return rotator_metric(self._rotator, metric, period=MINUTE)

    def _no_data_alarm(
        self, construct_id: str, *, metric: cloudwatch.IMetric, minutes: int
    ) -> None:
        """Fires if there was no data for ``minutes`` minutes (a dead man's switch).

        FILL counts missing minutes as 0. With ``TreatMissingData`` alone, CloudWatch also evaluates
        older data points, so an old token would delay the alarm:
        https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
        """
        alarm = self._alarm(
            construct_id,
            metric=cloudwatch.MathExpression(
                expression="FILL(counted, 0)", using_metrics={"counted": metric}, period=MINUTE
            ),
            comparison=BELOW,
            threshold=1,
            within_minutes=minutes,
            all_minutes=True,
        )
        resource = alarm.node.default_child
        assert isinstance(resource, cloudwatch.CfnAlarm)  # noqa: S101 - narrows the type
        resource.warm_up_configuration = cloudwatch.CfnAlarm.WarmUpConfigurationProperty(
            warm_up_period_duration_in_minutes=max(FIRST_KEY_MINUTES, minutes),
            # FILL returns data at once, which would end the warm-up early
            only_start_evaluating_after_warm_up_period_ends=True,
        )

    def _alarm(
        self,
        construct_id: str,
        *,
        metric: cloudwatch.IMetric,
        comparison: cloudwatch.ComparisonOperator,
        threshold: float,
        within_minutes: int,
        all_minutes: bool = False,
    ) -> cloudwatch.Alarm:
        """Fires after one bad minute, or with ``all_minutes`` only if all minutes are bad."""
        missing = cloudwatch.TreatMissingData
        alarm = cloudwatch.Alarm(
            self,
            construct_id,
            alarm_name=f"{self._rotator}/{construct_id}",
            alarm_description=self._texts.alarm(
                construct_id,
                minutes=within_minutes,
                margin=LOW_MARGIN_SECONDS,
                key_days=FEW_KEY_DAYS,
            ),
            metric=metric,
            threshold=threshold,
            comparison_operator=comparison,
            evaluation_periods=within_minutes,
            datapoints_to_alarm=within_minutes if all_minutes else 1,
            # None omits the property, and CloudWatch's default is true
            actions_enabled=None if self._actions_enabled else False,
            treat_missing_data=missing.BREACHING if all_minutes else missing.NOT_BREACHING,
        )
        if self._action is not None:
            alarm.add_alarm_action(self._action)
            alarm.add_ok_action(self._action)
        self.by_name[construct_id] = alarm
        return alarm


def max_healthy_minutes_without_publication(interval_minutes: int) -> int:
    """The most whole minutes without a publication in a healthy system.

    Two scheduled runs start up to ``interval`` minutes and 59 s apart, and one publication can take
    longer than the previous one by up to the function's timeout. So up to ``interval + 1`` whole
    minutes have no publication.
    """
    return interval_minutes + 1


def minutes_without_publication(interval_minutes: int) -> int:
    """The number of consecutive minutes without a publication that fires TokenNotRefreshed."""
    return (
        max_healthy_minutes_without_publication(interval_minutes)
        + UNHEALTHY_MINUTES
        + DELAYED_MINUTES
    )


def minutes_without_invocation() -> int:
    """The number of consecutive minutes without an invocation that fires FunctionNotInvoked.

    Two runs of one watchdog start up to 119 s apart, so one whole minute can have no invocation:
    docs/understand/decisions/0041-alarms-in-time.md.
    """
    return 1 + UNHEALTHY_MINUTES + DELAYED_MINUTES
