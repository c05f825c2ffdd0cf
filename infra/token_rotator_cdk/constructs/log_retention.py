"""Maps days of log retention to the AWS CDK's enum."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from aws_cdk import aws_logs as logs

from token_rotator_cdk.config.rules.aws import FOREVER, LOG_RETENTION_DAYS

_Names = logs.RetentionDays

RETENTION: Final[Mapping[int, logs.RetentionDays]] = MappingProxyType(
    dict(
        zip(
            (*LOG_RETENTION_DAYS, FOREVER),
            (
                *(_Names.ONE_DAY, _Names.THREE_DAYS, _Names.FIVE_DAYS, _Names.ONE_WEEK),
                *(_Names.TWO_WEEKS, _Names.ONE_MONTH, _Names.TWO_MONTHS, _Names.THREE_MONTHS),
                *(_Names.FOUR_MONTHS, _Names.FIVE_MONTHS, _Names.SIX_MONTHS, _Names.ONE_YEAR),
                *(_Names.THIRTEEN_MONTHS, _Names.EIGHTEEN_MONTHS, _Names.TWO_YEARS),
                *(_Names.THREE_YEARS, _Names.FIVE_YEARS, _Names.SIX_YEARS, _Names.SEVEN_YEARS),
                *(_Names.EIGHT_YEARS, _Names.NINE_YEARS, _Names.TEN_YEARS, _Names.INFINITE),
            ),
            strict=True,
        )
    )
)

DAYS: Final[Mapping[logs.RetentionDays, int]] = MappingProxyType(
    {retention: days for days, retention in RETENTION.items()}
)
