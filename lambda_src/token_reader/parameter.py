"""Reads the parameter with one GetParameter call. Every failure becomes a TokenError."""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from token_reader import clients, record
from token_reader.access_token import AccessToken
from token_reader.aws_errors import token_error
from token_reader.errors import RecordUnreadable, TokenError

if TYPE_CHECKING:
    from mypy_boto3_ssm import SSMClient
    from mypy_boto3_ssm.type_defs import GetParameterResultTypeDef

_HEADER_SAFE: Final = re.compile(r"[\x21-\x7e]+")
"""RFC 6749 appendix A.12. HTTP clients' errors would quote a header with other characters."""

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
        self._client_was_passed = client is not None
        self._lifetime = lifetime
        self._forked = False

    def after_fork(self) -> None:
        """Makes the next read open its own connections. A child must not use its parent's."""
        self._forked = True

    def picklable(self) -> tuple[str, str | None, timedelta | None]:
        """The arguments to pickle. Raises TypeError."""
        if self._client_was_passed:
            raise TypeError(
                "A TokenReader with a client that was passed to it cannot be pickled: create the "
                "reader in the process that uses it, or let it create its own client."
            )
        return self._name, self._role_arn, self._lifetime

    def read(self) -> AccessToken:
        """The published token, which may have expired.

        Raises TokenError, or an exception that the application's signal handler raised.
        """
        try:
            with _responses_hidden():
                response = self._ssm_client().get_parameter(Name=self._name, WithDecryption=True)
            value, modified = _value_and_time(response)
        except BaseException as exc:  # noqa: BLE001 - whatever it is, its frames hold the answer
            error = token_error(exc)
            if error is None:
                raise exc.with_traceback(None) from None
            self._recover(error)
            raise error from error.__cause__
        return self._token(value, modified)

    def _recover(self, error: TokenError) -> None:
        """Makes the next read load credentials again after a credential error."""
        if (
            error.layer == "credentials"
            and not self._client_was_passed
            and self._client is not None
        ):
            clients.forget(self._client)
            self._client = None

    def _ssm_client(self) -> "SSMClient":
        if self._forked:
            self._forked = False
            if self._client_was_passed and self._client is not None:
                self._client.close()  # closes this process's copies; the next call reconnects
            else:
                self._client = None
        if self._client is None:
            self._client = clients.shared(self._role_arn)
        return self._client

    def _token(self, value: str, modified: datetime | None) -> AccessToken:
        token = record.parse(value) or self._bare(value, modified)
        if not (_HEADER_SAFE.fullmatch(token.value) and _HEADER_SAFE.fullmatch(token.token_type)):
            raise RecordUnreadable(
                "The parameter's token has characters that are not allowed in an HTTP header."
            )
        return token

    def _bare(self, value: str, modified: datetime | None) -> AccessToken:
        """A bare token with its expiry, calculated from the time of the write."""
        if self._lifetime is None or not _BARE_TOKEN.fullmatch(value):
            raise RecordUnreadable(
                "The parameter does not hold a token record: compare its name with the output "
                "...ParameterName of the rotator's stack. If the rotator publishes bare tokens "
                '(value_format = "token"), pass lifetime=timedelta(seconds=300), or its '
                "token_lifetime_seconds."
            )
        if modified is None:
            raise RecordUnreadable(
                "The parameter holds a bare token, and the response has no LastModifiedDate, so "
                "the token's expiry is unknown. The mock of Parameter Store must return it."
            )
        issued_at = modified.astimezone(UTC).replace(microsecond=0)
        expires_at = issued_at + self._lifetime
        return record.with_refresh_time(
            value, token_type="Bearer", issued_at=issued_at, expires_at=expires_at
        )


def _value_and_time(response: "GetParameterResultTypeDef") -> tuple[str, datetime | None]:
    """The value and the time of the write. Mocks of AWS may omit the time."""
    parameter = response["Parameter"]
    return parameter["Value"], parameter.get("LastModifiedDate")


_READING: Final = ContextVar("token_reader_reading", default=False)


class _HideWhileReading(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:  # noqa: ARG002
        return not _READING.get()


_HIDE_WHILE_READING: Final = _HideWhileReading()


@contextmanager
def _responses_hidden() -> Iterator[None]:
    """Hides the responses that botocore logs at DEBUG."""
    logging.getLogger("botocore.parsers").addFilter(_HIDE_WHILE_READING)  # once
    before = _READING.set(True)
    try:
        yield
    finally:
        _READING.reset(before)
