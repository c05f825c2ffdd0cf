"""The parameter's value, as consumers read it."""

from dataclasses import dataclass
from datetime import datetime

from token_rotator.contract import ValueFormat
from token_rotator.errors import PublicationError
from token_rotator.parameter.record import Record, RecordUnreadable, bounded
from token_rotator.settings import Settings
from token_rotator_cli.aws.calls import calling
from token_rotator_cli.aws.clients import Aws
from token_rotator_cli.errors import CallerError


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """The record in a version of the parameter; its token may have expired."""

    version: int
    record: Record
    """A bare token has no times: it expires by then, and may have expired before."""


def read_published(aws: Aws, settings: Settings) -> Published:
    """Raises PublicationError where consumers would find no record, and CallerError."""
    name = settings.parameter_name
    try:
        with calling("ssm:GetParameter"):
            found = aws.parameters.get_parameter(Name=name, WithDecryption=True)["Parameter"]
    except CallerError as error:
        if error.code != "ParameterNotFound":
            raise
        raise PublicationError(
            f"There is no parameter {name}: nothing was published yet, or the last token expired "
            "and SSM removed it. `token-rotator status` shows what stopped the last rotation."
        ) from None
    try:
        record = _record(found["Value"], found["LastModifiedDate"], settings)
    except RecordUnreadable:
        raise PublicationError(
            f"The parameter {name} holds something that is no token record (version "
            f"{found['Version']}). Find out who writes it; then `token-rotator rotate` overwrites "
            "it."
        ) from None
    return Published(version=found["Version"], record=record)


def _record(value: str, written_at: datetime, settings: Settings) -> Record:
    latest = written_at + settings.token_lifetime
    if settings.value_format is ValueFormat.TOKEN:
        return Record(access_token=value, issued_at=written_at, expires_at=latest)
    return bounded(
        Record.from_json(value), written_at=written_at, token_lifetime=settings.token_lifetime
    )
