"""Reads the parameter's version and value."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import chain, islice
from typing import TYPE_CHECKING, Final, Self

from token_rotator.contract import Outcome, ValueFormat
from token_rotator.errors import PublicationError
from token_rotator.parameter.record import Record, RecordUnreadable, limit_expiry
from token_rotator.settings import Settings
from token_rotator_cli.aws.calls import calling
from token_rotator_cli.aws.clients import Aws
from token_rotator_cli.deployment.rotation_log import LoggedRotation
from token_rotator_cli.errors import CallerError

if TYPE_CHECKING:
    from mypy_boto3_ssm.type_defs import ParameterMetadataTypeDef, ParameterTypeDef

_BATCH: Final = 50
"""Maximum number of values in a filter of DescribeParameters."""

LOG_DELAY: Final = timedelta(seconds=60)
"""Log lines become readable some seconds after they were written."""

MAX_CLOCK_DIFFERENCE: Final = timedelta(seconds=5)
"""More than Lambda's clock and Parameter Store's may differ."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """The record in the parameter. Its token may have expired."""

    version: int
    record: Record
    """For a bare token, the times are upper limits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedVersion:
    """A version of the parameter and its log entry, without the value."""

    version: int
    written_at: datetime
    rotation: LoggedRotation | None = None
    """The rotation that published it. None: unknown."""
    foreign: bool = False
    """Whether the log shows that no rotation published it."""

    def expires_at(self, longest: timedelta | None) -> datetime | None:
        """The token's expiry, or the latest possible one if the log is not available.

        None: unknown.
        """
        if self.rotation is not None and self.rotation.expires_at is not None:
            return self.rotation.expires_at
        return None if longest is None else self.written_at + longest

    def with_rotation(
        self,
        attempts: Sequence[LoggedRotation],
        *,
        now: datetime,
        invoked: LoggedRotation | None = None,
    ) -> Self:
        """Adds the rotation that published the version.

        ``attempts``: from the log, newest last. ``invoked``: by the caller just now, if any.

        A parameter that was deleted starts again with version 1, so the version alone does not
        identify a rotation: its line was written after the parameter, too.
        """
        published = [one for one in attempts if one.outcome == Outcome.PUBLISHED]
        since = self.written_at - MAX_CLOCK_DIFFERENCE
        candidates = chain(
            [invoked] if invoked else [], (one for one in published if one.at >= since)
        )
        rotation = next((one for one in candidates if one.parameter_version == self.version), None)
        foreign = bool(published) and rotation is None and now - self.written_at > LOG_DELAY
        return replace(self, rotation=rotation, foreign=foreign)


def read_version(aws: Aws, name: str) -> PublishedVersion:
    """Reads the version without decrypting the value. Raises PublicationError, CallerError."""
    found = _get(aws, name, decrypted=False)
    return PublishedVersion(version=found["Version"], written_at=found["LastModifiedDate"])


def read_published(aws: Aws, settings: Settings) -> Published:
    """Reads the published record. Raises PublicationError if there is none, and CallerError."""
    name = settings.parameter_name
    found = _get(aws, name, decrypted=True)
    try:
        record = _record(found["Value"], found["LastModifiedDate"], settings)
    except RecordUnreadable:
        raise PublicationError(
            f"The parameter {name} does not contain a token record (version "
            f"{found['Version']}). Find out who wrote it, then run `token-rotator rotate` to "
            "overwrite it."
        ) from None
    return Published(version=found["Version"], record=record)


def describe_parameters(aws: Aws, names: Iterable[str]) -> "Iterator[ParameterMetadataTypeDef]":
    """The metadata of those that exist. Raises CallerError."""
    left = iter(names)
    while values := [*islice(left, _BATCH)]:
        with calling("ssm:DescribeParameters"):
            pages = aws.parameters.get_paginator("describe_parameters").paginate(
                ParameterFilters=[{"Key": "Name", "Option": "Equals", "Values": values}]
            )
            for page in pages:  # one may be empty and not be the last
                yield from page["Parameters"]


def _get(aws: Aws, name: str, *, decrypted: bool) -> "ParameterTypeDef":
    try:
        with calling("ssm:GetParameter"):
            return aws.parameters.get_parameter(Name=name, WithDecryption=decrypted)["Parameter"]
    except CallerError as error:
        if error.code != "ParameterNotFound":
            raise
        raise PublicationError(
            f"The parameter {name} does not exist: no token was published yet, or the last one "
            "expired and SSM deleted it. `token-rotator status` shows the last rotation's error."
        ) from None


def _record(value: str, written_at: datetime, settings: Settings) -> Record:
    latest = written_at + settings.token_lifetime
    if settings.value_format is ValueFormat.TOKEN:
        return Record(access_token=value, issued_at=written_at, expires_at=latest)
    return limit_expiry(
        Record.from_json(value), written_at=written_at, token_lifetime=settings.token_lifetime
    )
