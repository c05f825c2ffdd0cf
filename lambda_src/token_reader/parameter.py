"""How is the parameter read? One GetParameter, whose every failure becomes a TokenError."""

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from token_reader import record
from token_reader.access_token import AccessToken
from token_reader.errors import RecordUnreadable
from token_reader.refusals import meaning

if TYPE_CHECKING:
    from mypy_boto3_ssm import SSMClient

_HEADER_SAFE: Final = re.compile(r"[\x21-\x7e]+")
"""RFC 6749 appendix A.12. Anything else would end up in the HTTP client's error text."""

_BARE_TOKEN: Final = re.compile(r"[A-Za-z0-9._~+/-]+=*")
"""RFC 6750 section 2.1, b64token."""


class Parameter:
    """One SSM parameter, in either of the formats that a rotator publishes."""

    def __init__(
        self,
        name: str,
        client: "SSMClient | None",
        *,
        lifetime: timedelta | None,
        role_arn: str | None = None,
    ) -> None:
        self._name = name
        self._role_arn = role_arn
        self._client = client
        self._given = client is not None
        self._lifetime = lifetime
        self._forked = False

    def after_fork(self) -> None:
        """A child must not talk on its parent's connections."""
        self._forked = True

    def read(self) -> AccessToken:
        """What is published now, expired or not. Raises TokenError."""
        try:
            parameter = self._connected().get_parameter(Name=self._name, WithDecryption=True)[
                "Parameter"
            ]
            value, modified = parameter["Value"], parameter["LastModifiedDate"]
        except Exception as exc:  # a cached token must outlive whatever it is
            raise meaning(exc) from exc
        return self._token(value, modified)

    def _connected(self) -> "SSMClient":
        if self._forked:
            self._forked = False
            if self._given and self._client is not None:
                self._client.close()  # this process's copies only; the next call connects anew
            else:
                self._client = None
        if self._client is None:
            self._client = _new_client(self._role_arn)
        return self._client

    def _token(self, value: str, modified: datetime) -> AccessToken:
        try:
            found = record.Record.from_json(value)
        except record.RecordUnreadable:
            found = self._bare(value, modified)
        if not (
            _HEADER_SAFE.fullmatch(found.access_token) and _HEADER_SAFE.fullmatch(found.token_type)
        ):
            raise RecordUnreadable("The parameter's token has characters that no header may hold.")
        return AccessToken(
            value=found.access_token,
            token_type=found.token_type,
            expires_at=found.expires_at,
            refresh_after=found.refresh_after,
        )

    def _bare(self, value: str, modified: datetime) -> record.Record:
        """A bare token says nothing of itself: it was issued when it was written, at the latest."""
        if self._lifetime is None or not _BARE_TOKEN.fullmatch(value):
            raise RecordUnreadable(
                "The parameter holds no token record: compare its name with the output "
                "...ParameterName of the rotator's stack. If the rotator publishes bare tokens "
                '(value_format = "token"), pass lifetime=timedelta(seconds=300), or whatever '
                "token_lifetime_seconds says."
            )
        issued_at = modified.astimezone(UTC).replace(microsecond=0)
        return record.Record(
            access_token=value, issued_at=issued_at, expires_at=issued_at + self._lifetime
        )


def _new_client(role_arn: str | None = None) -> "SSMClient":
    """Gives up within seconds: a hanging Parameter Store must not outlast the token's last minute.

    A session of its own, for boto3's default session may not be shared between threads
    (boto3 guide, "Session").
    """
    import boto3  # noqa: PLC0415 - whoever passes a client, or only wants the types, needs none
    from botocore.config import Config  # noqa: PLC0415

    retries: Any = {"mode": "standard", "total_max_attempts": 3}
    patience = Config(connect_timeout=2, read_timeout=3, retries=retries)
    if role_arn is not None:
        from token_reader import role  # noqa: PLC0415

        assumed: SSMClient = role.client(role_arn, patience)
        return assumed
    return boto3.session.Session().client("ssm", config=patience)
