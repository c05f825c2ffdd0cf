"""A thread-safe, fork-safe reader that caches the token and refreshes it before it expires.

reader = TokenReader("/intelligence/marketing/access-token")
reader.get().value                  # call it for every request; do not store the token
reader.authorization_header()       # {"Authorization": "Bearer ..."}
reader.refresh(force=True)          # after a 401
"""

import os
import random
import time
import weakref
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from token_reader.access_token import AccessToken
from token_reader.cache import ATTEMPTS, NOT_READ, WAIT_LIMIT_SECONDS, Moment
from token_reader.errors import TokenError
from token_reader.locks import ReadLock
from token_reader.parameter import Parameter

if TYPE_CHECKING:
    from mypy_boto3_ssm import SSMClient

_READERS: Final["weakref.WeakSet[TokenReader]"] = weakref.WeakSet()

_RANDOM: Final = random.SystemRandom()
"""Independent of ``random.seed`` in the application."""


class TokenReader:
    """The access token that a rotator keeps fresh in an SSM parameter.

    Create one reader per process and parameter. There is no background thread: a caller reads the
    parameter when a read is due. At most one GetParameter call is in progress, and at most one is
    sent every five seconds while no newer token is published. Failures of Parameter Store are
    raised only after the cached token expires. The states are in token_reader.cache.
    """

    def __init__(
        self,
        parameter_name: str,
        client: "SSMClient | None" = None,
        *,
        role_arn: str | None = None,
        lifetime: timedelta | None = None,
        now: Callable[[], float] = time.time,
        ticks: Callable[[], float] = time.monotonic,
        jitter: Callable[[], float] = _RANDOM.random,
    ) -> None:
        """Creates a reader without reading the parameter.

        ``client`` is an SSM client. Default: a client with short timeouts that the process's
        readers share. ``role_arn`` is a role to assume, for workloads in other accounts: the output
        ...SharedReaderRoleArn. ``lifetime`` is for rotators with ``value_format = "token"``: the
        time from the write to the token's expiry. Without it, a bare value raises RecordUnreadable,
        because it may be another parameter's secret. ``now`` returns seconds since the epoch,
        ``ticks`` those of a monotonic clock, ``jitter`` a number from 0 to 1.
        """
        self.now: Final = now
        self.ticks: Final = ticks
        self.cached = NOT_READ
        """The current state of the cache. For AsyncTokenReader."""
        self._parameter = Parameter(parameter_name, client, lifetime=lifetime, role_arn=role_arn)
        self._jitter = jitter
        self._lock = ReadLock()
        self._reading = False
        _READERS.add(self)

    def get(self) -> AccessToken:
        """Returns a token that has not expired. Raises TokenError."""
        cached = self.cached
        if (
            cached.fresh_from <= self.now() < cached.fresh_until
            and self.ticks() < cached.fresh_ticks
        ):
            return cached.token
        return self._get()

    def authorization_header(self) -> dict[str, str]:
        """``{"Authorization": "Bearer ..."}``; do not log it. Raises TokenError."""
        return {"Authorization": self.get().authorization}

    def refresh(self, *, force: bool = False) -> AccessToken:
        """Reads the parameter if a read is due, and returns the token. Raises TokenError.

        With ``force``, reads at once unless the last read was less than a second ago. Use it if an
        API returns 401 although the token has not expired. The pauses between forced reads grow
        while they find no newer token.
        """
        return self._get(force=force, max_wait=WAIT_LIMIT_SECONDS)

    def _get(self, *, force: bool = False, max_wait: float | None = None) -> AccessToken:
        for _ in range(ATTEMPTS):
            cached, now = self.cached, self.moment()
            if not cached.due(now, force=force):
                break
            wait = cached.max_wait(now) if max_wait is None else max_wait
            if self.read_if_due(max_wait=wait, force=force):
                force = False
            elif self.cached.stops_waiting(wait, wall=self.now()):
                break
        return self.cached.usable(self.now())

    def read_if_due(self, *, max_wait: float, force: bool = False) -> bool:
        """Reads the parameter if a read is due.

        If another caller is reading it, waits up to ``max_wait`` seconds. Returns whether no read
        is in progress.
        """
        lock = self._lock.current()
        if not lock.acquire(timeout=max_wait):
            return False
        try:
            if self._reading:  # a log or signal handler that runs during this thread's read
                return False
            if self.cached.due(self.moment(), force=force):
                self._reading = True
                try:
                    self._read(force=force)
                finally:
                    self._reading = False
            return True
        finally:
            lock.release()

    def failed(self, error: TokenError, *, started_at: Moment, forced: bool = False) -> None:
        """Records a failed read that began at ``started_at``. For AsyncTokenReader."""
        self.cached = self.cached.failed(
            error, started_at=started_at, now=self.moment(), forced=forced
        )

    def moment(self) -> Moment:
        """The current time by both clocks."""
        return Moment(self.now(), self.ticks())

    def _read(self, *, force: bool) -> None:
        started_at = self.moment()
        try:
            token = self._parameter.read()
        except TokenError as error:
            # a copy, because the traceback's frames hold the parameter's value
            self.failed(error.fresh_copy(), started_at=started_at, forced=force)
        else:
            self.cached = self.cached.updated(
                token, started_at=started_at, now=self.moment(), jitter=self._jitter(), forced=force
            )

    def _after_fork(self) -> None:
        """Drops the parent's lock and connections, and delays the next read."""
        self._lock.after_fork()
        self._reading = False
        self._parameter.after_fork()
        self.cached = self.cached.after_fork(self._jitter())

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickles the reader without its token."""
        return _unpickled, self._parameter.picklable()


def _unpickled(name: str, role_arn: str | None, lifetime: timedelta | None) -> TokenReader:
    return TokenReader(name, role_arn=role_arn, lifetime=lifetime)


def held_tokens() -> list[str]:
    """The cached tokens of this process's readers. For token_reader.logs."""
    return [value for reader in list(_READERS) if (value := reader.cached.token.value)]


def _after_fork_in_child() -> None:
    for reader in list(_READERS):
        reader._after_fork()  # noqa: SLF001


if hasattr(os, "register_at_fork"):  # not on Windows
    os.register_at_fork(after_in_child=_after_fork_in_child)
