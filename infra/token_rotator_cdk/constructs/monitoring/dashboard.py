"""The dashboard: one row per rotator with alarms, remaining lifetime, durations and failures."""

from collections.abc import Iterable
from typing import Final

from aws_cdk import Duration, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from token_rotator.contract import (
    MARGIN_REPORTED_BELOW_SECONDS,
    Metric,
    Outcome,
    ReportField,
    RotationStep,
    StepField,
)
from token_rotator_cdk.constructs.monitoring.alarms import LOW_MARGIN_SECONDS, MINUTE
from token_rotator_cdk.constructs.monitoring.console import console_link
from token_rotator_cdk.constructs.token_rotator import TokenRotator

QUARTER: Final = 6
"""A dashboard is 24 units wide."""
HEIGHT: Final = 6

LIFE_LEFT: Final = (
    f"filter ispresent({ReportField.LIFE_LEFT_BEFORE_SECONDS})",
    (
        f"stats min({ReportField.LIFE_LEFT_BEFORE_SECONDS}) as life_left_seconds, "
        f"min({ReportField.MARGIN_SECONDS}) by bin(1m)"
    ),
)
REQUESTS: Final = (
    f"filter ispresent({ReportField.TOKEN_REQUESTS})",
    f"stats sum({ReportField.TOKEN_REQUESTS}) as {ReportField.TOKEN_REQUESTS} by bin(5m)",
)
_MAX_DURATIONS: Final = ", ".join(
    f"max({ReportField.STEPS}.{step}.{StepField.DURATION_MS})" for step in RotationStep
)
DURATIONS: Final = (
    f"filter ispresent({ReportField.OUTCOME})",
    f"stats {_MAX_DURATIONS} by bin(5m)",
)
_FAILURE_FIELDS: Final = (
    ReportField.TRIGGER,
    ReportField.ERROR,
    ReportField.RETRY_HELPS,
    ReportField.TOKEN_REQUESTS,
    ReportField.ERROR_MESSAGE,
)
LAST_FAILURES: Final = (
    # a run that times out writes no report; Lambda's platform log records it
    f'filter {ReportField.OUTCOME} = "{Outcome.FAILED}" or record.status = "timeout"',
    "sort @timestamp desc",
    f"display @timestamp, {', '.join(_FAILURE_FIELDS)}",
    "limit 20",
)


class RotatorsDashboard(Construct):
    """The dashboard of a stack."""

    def __init__(
        self, scope: Construct, construct_id: str, *, rotators: Iterable[TokenRotator]
    ) -> None:
        super().__init__(scope, construct_id)
        # dashboard names are global in an account, but stack names are regional
        stack = Stack.of(self)
        name = f"{stack.stack_name}-{stack.region}"
        dashboard = cloudwatch.Dashboard(
            self, "Resource", dashboard_name=name, default_interval=Duration.hours(3)
        )
        for rotator in rotators:
            for line in _row(rotator):
                dashboard.add_widgets(*line)
        self.link = console_link(self, f"#dashboards/dashboard/{name}")


def _row(rotator: TokenRotator) -> list[list[cloudwatch.IWidget]]:
    """A heading and two lines of widgets."""
    return [
        [cloudwatch.TextWidget(markdown=f"# {rotator.name}", width=4 * QUARTER, height=1)],
        [
            cloudwatch.AlarmStatusWidget(
                title="Alarms", alarms=[*rotator.alarms.values()], width=QUARTER, height=HEIGHT
            ),
            _from_log(rotator, "Remaining lifetime of the published token, s", LIFE_LEFT),
            _margin(rotator),
            _errors(rotator),
        ],
        [
            _from_log(rotator, "Token requests", REQUESTS),
            _from_log(rotator, "Longest duration of each step, ms", DURATIONS),
            cloudwatch.LogQueryWidget(
                title="Latest failures",
                log_group_names=[rotator.log_group.log_group_name],
                query_lines=list(LAST_FAILURES),
                view=cloudwatch.LogQueryVisualizationType.TABLE,
                width=2 * QUARTER,
                height=HEIGHT,
            ),
        ],
    ]


def _from_log(
    rotator: TokenRotator, title: str, query: tuple[str, ...]
) -> cloudwatch.LogQueryWidget:
    """A widget that queries the log, which is cheaper than custom metrics."""
    return cloudwatch.LogQueryWidget(
        title=title,
        log_group_names=[rotator.log_group.log_group_name],
        query_lines=list(query),
        view=cloudwatch.LogQueryVisualizationType.LINE,
        width=QUARTER,
        height=HEIGHT,
    )


def _margin(rotator: TokenRotator) -> cloudwatch.GraphWidget:
    metric = rotator.metric(Metric.EXPIRY_MARGIN_SECONDS, period=MINUTE)
    return cloudwatch.GraphWidget(
        title=f"Remaining lifetime when replaced, if below {MARGIN_REPORTED_BELOW_SECONDS} s",
        left=[metric],
        left_annotations=[
            cloudwatch.HorizontalAnnotation(value=LOW_MARGIN_SECONDS, label="TokenMarginLow")
        ],
        width=QUARTER,
        height=HEIGHT,
    )


def _errors(rotator: TokenRotator) -> cloudwatch.GraphWidget:
    published = rotator.metric(Metric.TOKEN_PUBLISHED)
    failed = rotator.function.metric_errors(statistic=cloudwatch.Stats.SUM)
    return cloudwatch.GraphWidget(
        title="Published tokens and failed rotations",
        left=[metric.with_(period=Duration.minutes(5)) for metric in (published, failed)],
        left_y_axis=cloudwatch.YAxisProps(min=0),
        width=QUARTER,
        height=HEIGHT,
    )
