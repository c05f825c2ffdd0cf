"""A TokenReader for unit tests, without AWS or a network and with a controllable clock.

A test of an application::

    reader = FakeTokenReader("token-1")
    application = Application(reader)      # wherever the application takes a TokenReader
    reader.publish("token-2")              # found by refresh(force=True), after a 401, or when due
    reader.advance(seconds=300)            # the cached token expires
    reader.fail("AccessDeniedException")   # Parameter Store refuses until the next publish
"""

import json
from typing import TYPE_CHECKING, Any

from token_reader.reader import TokenReader

if TYPE_CHECKING:
    from mypy_boto3_ssm import SSMClient

NAME = "/fake/access-token"


class FakeTokenReader(TokenReader):
    """The real reader with an in-memory Parameter Store.

    Works with AsyncTokenReader and HttpxAuth.
    """

    def __init__(self, token: str = "test-token", *, lifetime: float = 300) -> None:  # noqa: S107 - no secret
        """Publishes ``token``, which expires after ``lifetime`` seconds."""
        self._seconds = 1_800_000_000.0
        self._store = _Store()
        client: SSMClient = self._store  # type: ignore[assignment]
        super().__init__(
            NAME,
            client,
            now=lambda: self._seconds,
            ticks=lambda: self._seconds,
            jitter=lambda: 0.0,
        )
        self.publish(token, lifetime=lifetime)

    def publish(self, token: str, *, lifetime: float = 300) -> None:
        """Publishes a token, one second after the last read."""
        self.advance(seconds=1)
        record = {
            "access_token": token,
            "token_type": "Bearer",
            "issued_at": int(self._seconds),
            "expires_at": int(self._seconds + lifetime),
        }
        self._store.response = json.dumps(record)

    def fail(self, code: str = "ThrottlingException") -> None:
        """Makes Parameter Store return this AWS error code."""
        self._store.response = _error(code)

    def advance(self, *, seconds: float) -> None:
        """Moves the clock forward."""
        self._seconds += seconds


class _Store:
    """The one method of an SSM client that a reader calls."""

    def __init__(self) -> None:
        self.response: str | Exception = ""

    def get_parameter(self, *, Name: str, WithDecryption: bool) -> dict[str, Any]:  # noqa: ARG002, N803
        if isinstance(self.response, Exception):
            raise self.response
        return {"Parameter": {"Name": Name, "Value": self.response}}

    def close(self) -> None:
        """Called in forked children."""


def _error(code: str) -> Exception:
    from botocore.exceptions import ClientError  # noqa: PLC0415 - most tests need no failure

    return ClientError({"Error": {"Code": code, "Message": ""}}, "GetParameter")
