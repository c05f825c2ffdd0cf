"""Which services are asked besides those of `python -m token_rotator`?"""

from functools import cached_property
from typing import TYPE_CHECKING

from token_rotator_cli.aws import PATIENT, Aws

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_sns import SNSClient


class LiveAws(Aws):
    """The account that is checked."""

    @cached_property
    def cloudwatch(self) -> "CloudWatchClient":
        return self._session.client("cloudwatch", config=PATIENT)

    @cached_property
    def topics(self) -> "SNSClient":
        return self._session.client("sns", config=PATIENT)
