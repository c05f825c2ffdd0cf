"""Reading of the parameter by one GetParameter call. Every failure becomes a TokenError."""

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from token_reader import record
from token_reader.access_token import AccessToken
from token_reader.aws_errors import token_error
from token_reader.errors import RecordUnreadable

if TYPE_CHECKING:
    from mypy_boto3_ssm import SSMClient

_HEADER_SAFE: Final = re.compile(r"[\x21-\x7e]+")
"""RFC 6749 appendix A.12. HTTP clients quote a header with other characters in their errors."""

_BARE_TOKEN: Final = re.compile(r"[A-Za-z0-9._~+/-]+=*")
"""RFC 6750 section 2.1, b64token."""


class Parameter:
    """An SSM parameter that holds a record or a bare token."""

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
        """Makes the next read open its own connections. A child must not use its parent's."""
        self._forked = True

    def read(self) -> AccessToken:
        """The published token, which may have expired. Raises TokenError."""
        try:
            parameter = self._connected().get_parameter(Name=self._name, WithDecryption=True)[
                "Parameter"
            ]
            value, modified = parameter["Value"], parameter["LastModifiedDate"]
        except Exception as exc:  # the caller keeps the cached token, whatever the error is
            raise token_error(exc) from exc
        return self._token(value, modified)

    def _connected(self) -> "SSMClient":
        if self._forked:
            self._forked = False
            if self._given and self._client is not None:
                self._client.close()  # closes this process's copies; the next call reconnects
            else:
                self._client = None
        if self._client is None:
            self._client = _new_client(self._role_arn)
        return self._client

    def _token(self, value: str, modified: datetime) -> AccessToken:
        token = record.parse(value) or self._bare(value, modified)
        if not (_HEADER_SAFE.fullmatch(token.value) and _HEADER_SAFE.fullmatch(token.token_type)):
            raise RecordUnreadable(
                "The parameter's token has characters that an HTTP header must not contain."
            )
        return token

    def _bare(self, value: str, modified: datetime) -> AccessToken:
        """A bare token with times: it was issued at the latest when the parameter was written."""
        if self._lifetime is None or not _BARE_TOKEN.fullmatch(value):
            raise RecordUnreadable(
                "The parameter does not hold a token record: compare its name with the output "
                "...ParameterName of the rotator's stack. If the rotator publishes bare tokens "
                '(value_format = "token"), pass lifetime=timedelta(seconds=300), or its '
                "token_lifetime_seconds."
            )
        issued_at = modified.astimezone(UTC).replace(microsecond=0)
        expires_at = issued_at + self._lifetime
        return record.timed(value, token_type="Bearer", issued_at=issued_at, expires_at=expires_at)


def _new_client(role_arn: str | None = None) -> "SSMClient":
    """An SSM client whose calls give up after about 15 s, before a token's last minute ends.

    It has its own session, because boto3's default session must not be shared between threads
    (boto3 guide, "Session").
    """
    import boto3  # noqa: PLC0415 - not needed if a client is passed
    from botocore.config import Config  # noqa: PLC0415

    retries: Any = {"mode": "standard", "total_max_attempts": 3}
    config = Config(connect_timeout=2, read_timeout=3, retries=retries)
    if role_arn is not None:
        from token_reader import role  # noqa: PLC0415

        assumed: SSMClient = role.client(role_arn, config)
        return assumed
    return boto3.session.Session().client("ssm", config=config)
