"""A thread-safe, fork-safe reader that caches the token and refreshes it before it expires.

reader = TokenReader("/intelligence/marketing/access-token")
reader.get().value                  # at every use; do not keep it
reader.authorization_header()       # {"Authorization": "Bearer ..."}
reader.refresh(force=True)          # after a 401
"""

import os
import random
import threading
import time
import weakref
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from token_reader.access_token import AccessToken
from token_reader.cache import NO_LIMIT, NOT_READ
from token_reader.errors import TokenError
from token_reader.parameter import Parameter

if TYPE_CHECKING:
    from mypy_boto3_ssm import SSMClient

_READERS: Final["weakref.WeakSet[TokenReader]"] = weakref.WeakSet()


class TokenReader:
    """The access token that a rotator keeps fresh in an SSM parameter.

    Create one reader per process and parameter. There is no background thread: the caller that
    comes when a read is due reads the parameter. At most one GetParameter call is in progress, and
    at most one in five seconds is sent while no newer token is published. Failures of Parameter
    Store are not raised before the cached token expires.
    """

    def __init__(
        self,
        parameter_name: str,
        client: "SSMClient | None" = None,
        *,
        role_arn: str | None = None,
        lifetime: timedelta | None = None,
        now: Callable[[], float] = time.time,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        """Does not read the parameter yet.

        ``client`` is an SSM client. Without one, the first read creates a client with short
        timeouts. It assumes the role ``role_arn`` if given: the output ...SharedReaderRoleArn, for
        workloads of other accounts. ``lifetime`` is for rotators with ``value_format = "token"``:
        the time from the write to the token's expiry. Without it a bare value is refused, because
        it may be another parameter's secret. ``now`` returns seconds since the epoch, ``jitter`` a
        number from 0 to 1.
        """
        self.now: Final = now
        self.cached = NOT_READ
        """The current state of the cache. For AsyncTokenReader."""
        self._parameter = Parameter(parameter_name, client, lifetime=lifetime, role_arn=role_arn)
        self._draw = jitter
        self._jitter = jitter()
        self._lock = threading.Lock()
        _READERS.add(self)

    def get(self) -> AccessToken:
        """A token that has not expired. Raises TokenError."""
        cached, now = self.cached, self.now()
        if now < cached.fresh_until:
            return cached.token
        if now >= cached.next_read_at:
            self.read_if_due(max_wait=cached.max_wait(now))
        return self.cached.usable(self.now())

    def authorization_header(self) -> dict[str, str]:
        """``{"Authorization": "Bearer ..."}``; do not log it. Raises TokenError."""
        return {"Authorization": self.get().authorization}

    def refresh(self, *, force: bool = False) -> AccessToken:
        """Reads the parameter if a read is due, and returns the token. Raises TokenError.

        With ``force`` it reads at once, unless the last read was less than a second ago. Use it if
        an API answers 401 although the token has not expired.
        """
        self.read_if_due(force=force)
        return self.cached.usable(self.now())

    def read_if_due(self, *, max_wait: float = NO_LIMIT, force: bool = False) -> None:
        """Reads the parameter if a read is due.

        If another caller is reading it, waits for that read for up to ``max_wait`` seconds.
        """
        if not self._lock.acquire(timeout=max_wait):
            return
        try:
            if self.now() < self.cached.due(force=force):
                return
            try:
                token = self._parameter.read()
            except TokenError as error:
                # a copy: the traceback's frames hold the parameter's value
                self.cached = self.cached.failed(error.fresh_copy(), now=self.now())
            else:
                self.cached = self.cached.updated(token, now=self.now(), jitter=self._jitter)
        finally:
            self._lock.release()

    def _after_fork(self) -> None:
        """Replaces the lock, whose owner does not exist in the child, and draws another jitter."""
        self._lock = threading.Lock()
        self._jitter = self._draw()
        self._parameter.after_fork()


def _after_fork_in_child() -> None:
    for reader in _READERS:
        reader._after_fork()  # noqa: SLF001


if hasattr(os, "register_at_fork"):  # not on Windows
    os.register_at_fork(after_in_child=_after_fork_in_child)
