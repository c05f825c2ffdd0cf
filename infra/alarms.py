"""Who is told when the token is in danger, and how soon?"""

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns
from constructs import Construct

from token_rotator.contract import METRIC_NAMESPACE, ROTATOR_DIMENSION, Metric

RUNBOOK = "docs/runbook.md"
MINUTE = Duration.minutes(1)


class RotatorAlarms(Construct):
    """The alarms of one rotator; each one's id names the harm, its description the way out."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        rotator: str,
        interval_minutes: int,
        function: lambda_.IFunction,
        topic: sns.ITopic,
    ) -> None:
        """``rotator`` is what the function's metrics call it (``environment.rotator_name``)."""
        super().__init__(scope, construct_id)
        self._rotator = rotator
        self._action = actions.SnsAction(topic)

        self.refresh_failing = self._alarm(
            "RefreshFailing",
            harm="A rotation failed. Consumers have a minute or two left unless the next succeeds.",
            metric=function.metric_errors(period=MINUTE, statistic=cloudwatch.Stats.SUM),
            evaluation_periods=1,
            comparison_operator=(cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD),
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        )
        silent_minutes = longest_healthy_silence_minutes(interval_minutes) + 1
        self.token_not_refreshed = self._alarm(
            "TokenNotRefreshed",
            harm=f"No token was published for {silent_minutes} minutes. Nothing runs at all.",
            metric=self.metric(Metric.TOKEN_PUBLISHED),
            evaluation_periods=silent_minutes,
            comparison_operator=cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
            treat_missing_data=cloudwatch.TreatMissingData.BREACHING,
        )
        _keep_quiet_while_new(self.token_not_refreshed, minutes=silent_minutes)

    def metric(self, metric: Metric) -> cloudwatch.Metric:
        """A metric that the function emits, per minute."""
        return cloudwatch.Metric(
            namespace=METRIC_NAMESPACE,
            metric_name=metric,
            dimensions_map={ROTATOR_DIMENSION: self._rotator},
            period=MINUTE,
            statistic=cloudwatch.Stats.SUM,
        )

    def _alarm(
        self,
        construct_id: str,
        *,
        harm: str,
        metric: cloudwatch.IMetric,
        evaluation_periods: int,
        comparison_operator: cloudwatch.ComparisonOperator,
        treat_missing_data: cloudwatch.TreatMissingData,
    ) -> cloudwatch.Alarm:
        alarm = cloudwatch.Alarm(
            self,
            construct_id,
            alarm_name=f"{self._rotator}/{construct_id}",
            alarm_description=f"{harm} See {RUNBOOK}#{construct_id.lower()}",
            metric=metric,
            threshold=1,
            evaluation_periods=evaluation_periods,
            datapoints_to_alarm=evaluation_periods,
            comparison_operator=comparison_operator,
            treat_missing_data=treat_missing_data,
        )
        alarm.add_alarm_action(self._action)
        alarm.add_ok_action(self._action)
        return alarm


def longest_healthy_silence_minutes(interval_minutes: int) -> int:
    """How many whole minutes can pass without a publication while everything works.

    Two runs of the schedule start up to ``interval`` minutes and 59 s apart, and a publication
    takes up to 50 s longer than the one before: with a last token at the very end of its minute,
    ``interval + 1`` minutes stay empty. All of them and one more must be empty (N of N): any M of
    N with M < N rings while healthy, because the window then spans two silences.
    """
    return interval_minutes + 1


def _keep_quiet_while_new(alarm: cloudwatch.Alarm, *, minutes: int) -> None:
    resource = alarm.node.default_child
    assert isinstance(resource, cloudwatch.CfnAlarm)  # noqa: S101 - narrows the type
    resource.warm_up_configuration = cloudwatch.CfnAlarm.WarmUpConfigurationProperty(
        warm_up_period_duration_in_minutes=minutes,
    )
