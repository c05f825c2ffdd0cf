"""Reads and writes the SSM parameter, encrypted and with an expiration policy."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from token_rotator.aws.service import AwsError, AwsRefused, AwsService, AwsUnavailable
from token_rotator.contract import RESTORE, ValueFormat
from token_rotator.errors import ParameterStoreUnavailable, PublicationError
from token_rotator.parameter.record import Record, RecordUnreadable, limit_expiry

MAX_VALUE_BYTES: Final = 8 * 1024
"""Systems Manager User Guide, "Managing parameter tiers": advanced parameters."""

_RACE_CODES: Final = frozenset({"ParameterNotFound", "ParameterAlreadyExists", "TooManyUpdates"})
"""Races with AWS's expiration scan or another writer. A retry helps."""

_FIXES: Final = {
    "AccessDeniedException": (
        f"The function's role may not read or write it, or use its key: {RESTORE}, and "
        "check for a service control policy or permissions boundary that denies it."
    ),
    "HierarchyLevelLimitExceededException": "Set a parameter_name with fewer slashes.",
    "HierarchyTypeMismatchException": "Set another parameter_name, or delete the old parameter.",
    "InvalidKeyId": "The KMS key is disabled, deleted or elsewhere: enable it, or deploy again.",
    "ParameterLimitExceeded": "The account's quota of parameters is exhausted: delete some.",
    "ParameterMaxVersionLimitExceeded": (
        "The oldest version has a label and cannot be deleted: "
        "aws ssm unlabel-parameter-version ..."
    ),
    "UnsupportedParameterType": (
        "The parameter exists with another type: delete it, and it is recreated in two minutes."
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """The parameter's content.

    ``record`` is None if it is missing, invalid or unreadable, or a bare token that this execution
    environment has not written.
    """

    record: Record | None
    version: int | None
    problem: str | None = None
    """Why AWS refused the read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PutResult:
    """The version of the parameter that was written."""

    version: int
    tagging_failed: str | None
    """Why the parameter may have no tags."""


class ParameterStore:
    """Publishes records in one advanced SecureString parameter with an expiration policy."""

    def __init__(
        self,
        aws: AwsService,
        *,
        parameter_name: str,
        key_arn: str,
        value_format: ValueFormat,
        token_lifetime: timedelta,
        expiration_grace: timedelta,
        tags: Mapping[str, str],
    ) -> None:
        self._aws = aws
        self._name = parameter_name
        self._key_arn = key_arn
        self._value_format = value_format
        self._token_lifetime = token_lifetime
        self._grace = expiration_grace
        self._tags = tags
        self._tagged = False
        self._last_put: Record | None = None

    def current(self) -> Published:
        """Reads the parameter. Raises ParameterStoreUnavailable.

        If AWS refuses the read, consumers probably cannot read it either, so it counts as no
        record.
        """
        try:
            response = self._aws.call(
                "GetParameter",
                {"Name": self._name, "WithDecryption": True},
                required_member="Parameter",
            )
        except AwsUnavailable as exc:
            raise _unavailable(exc, "read") from exc
        except AwsRefused as exc:
            problem = None if exc.code == "ParameterNotFound" else _refusal_message(exc, "read")
            return Published(record=None, version=None, problem=problem)
        parameter = response["Parameter"]
        record = self._record(parameter["Value"], parameter["LastModifiedDate"])
        return Published(record=record, version=parameter["Version"])

    def _record(self, value: str, written_at: datetime) -> Record | None:
        if self._value_format is ValueFormat.TOKEN:
            last_put = self._last_put
            # a bare token's value does not contain its expiry
            return last_put if last_put is not None and last_put.access_token == value else None
        try:
            record = Record.from_json(value)
        except RecordUnreadable:
            return None
        return limit_expiry(record, written_at=written_at, token_lifetime=self._token_lifetime)

    def publish(self, record: Record) -> PutResult:
        """Writes the record unconditionally.

        Every put sends a new policy: an omitted policy stays, and an Expiration does not move by
        itself (Systems Manager User Guide, "Assigning parameter policies"). Raises
        PublicationError, ParameterStoreUnavailable.
        """
        # a failed put may have created the parameter
        was_tagged, self._tagged = self._tagged, False
        self._last_put = record
        try:
            response = self._aws.call(
                "PutParameter",
                {
                    "Name": self._name,
                    "Value": value_of(record, self._value_format),
                    "Type": "SecureString",
                    "Tier": "Advanced",
                    "KeyId": self._key_arn,
                    "Policies": expiration(record.expires_at + self._grace),
                    "Overwrite": True,
                },
                required_member="Version",
            )
        except AwsError as exc:
            raise _put_error(exc) from exc
        version = response["Version"]
        problem = None if was_tagged and version > 1 else self._tag()
        self._tagged = problem is None
        return PutResult(version=version, tagging_failed=problem)

    def _tag(self) -> str | None:
        """Tags the parameter. PutParameter does not accept tags together with Overwrite.

        Runs once per execution environment, because a deployment may have changed the tags, and
        after each creation of the parameter. Repeats until it succeeds.
        """
        if not self._tags:
            return None
        try:
            self._aws.call(
                "AddTagsToResource",
                {
                    "ResourceType": "Parameter",
                    "ResourceId": self._name,
                    "Tags": [{"Key": key, "Value": value} for key, value in self._tags.items()],
                },
            )
        except AwsError as exc:
            return f"The parameter could not be tagged ({exc.code})."
        return None


def value_of(record: Record, value_format: ValueFormat) -> str:
    """The parameter's value for a record. Raises PublicationError if it is too long."""
    value = record.access_token if value_format is ValueFormat.TOKEN else record.to_json()
    if (length := len(value.encode())) > MAX_VALUE_BYTES:
        raise PublicationError(
            f"The access token is too long: the value has {length} bytes, and a parameter can hold "
            f"{MAX_VALUE_BYTES}. Request a narrower scope."
        )
    return value


def expiration(at: datetime) -> str:
    """The expiration policy for PutParameter: a JSON list with one policy."""
    policy = {
        "Type": "Expiration",
        "Version": "1.0",
        "Attributes": {"Timestamp": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")},
    }
    return json.dumps([policy])


def _unavailable(exc: AwsError, verb: str) -> ParameterStoreUnavailable:
    return ParameterStoreUnavailable(
        f"The parameter could not be {verb}: Parameter Store is unavailable ({exc.code})."
    )


def _put_error(exc: AwsError) -> PublicationError:
    if isinstance(exc, AwsUnavailable) or exc.code in _RACE_CODES:
        return _unavailable(exc, "written")
    return PublicationError(_refusal_message(exc, "written"))


def _refusal_message(exc: AwsError, verb: str) -> str:
    fix = _FIXES.get(exc.code, "Look up the code in the SSM API reference.")
    return f"The parameter could not be {verb} ({exc.code}). {fix}"
