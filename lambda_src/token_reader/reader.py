"""How is the token read, cached and kept fresh? By whichever caller comes when a look is due.

reader = TokenReader("/intelligence/marketing/access-token")
reader.get().value                  # at every use; do not keep it
reader.authorization_header()       # {"Authorization": "Bearer ..."}
reader.refresh(force=True)          # somebody answered 401
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
from token_reader.errors import TokenError
from token_reader.parameter import Parameter
from token_reader.windows import NO_END, NOTHING

if TYPE_CHECKING:
    from mypy_boto3_ssm import SSMClient

_READERS: Final["weakref.WeakSet[TokenReader]"] = weakref.WeakSet()


class TokenReader:
    """The access token that a rotator keeps fresh in an SSM parameter.

    Thread-safe and fork-safe. At most one GetParameter is under way, and one in five seconds while
    nothing newer is published. While the cached token lives, whatever happens to Parameter Store
    goes unnoticed. Create one per process and parameter.
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
        """Reads nothing yet.

        ``lifetime`` is for rotators with ``value_format = "token"``: how long their tokens live
        after they were written. Without it a bare value is refused, lest another parameter's secret
        be sent somewhere as a token. ``now`` is in seconds since the epoch. Without a ``client``,
        one with short timeouts is made at the first read; it assumes the role ``role_arn``, if
        there is one: the output ...SharedReaderRoleArn, for workloads of other accounts.
        """
        self.now: Final = now
        self.held = NOTHING
        """What is known at this moment. For AsyncTokenReader."""
        self._parameter = Parameter(parameter_name, client, lifetime=lifetime, role_arn=role_arn)
        self._draw = jitter
        self._jitter = jitter()
        self._lock = threading.Lock()
        _READERS.add(self)

    def get(self) -> AccessToken:
        """A token that has not expired. Raises TokenError."""
        held, now = self.held, self.now()
        if now < held.fresh_until:
            return held.token
        if now >= held.look_at:
            self.look(patience=held.patience(now))
        return self.held.usable(self.now())

    def authorization_header(self) -> dict[str, str]:
        """``{"Authorization": "Bearer ..."}``; do not log it. Raises TokenError."""
        return {"Authorization": self.get().authorization}

    def refresh(self, *, force: bool = False) -> AccessToken:
        """Looks if that is due; force: unless somebody did within a second. Raises TokenError.

        For a token that was answered with 401 although it has not expired.
        """
        self.look(force=force)
        return self.held.usable(self.now())

    def look(self, *, patience: float = NO_END, force: bool = False) -> None:
        """Reads the parameter, if that is due and nobody else does within ``patience`` seconds."""
        if not self._lock.acquire(timeout=patience):
            return
        try:
            if self.now() < self.held.due(force=force):
                return
            try:
                token = self._parameter.read()
            except TokenError as problem:
                # a copy: the frames of the original's traceback hold the value
                self.held = self.held.failed(problem.again(), now=self.now())
            else:
                self.held = self.held.found(token, now=self.now(), jitter=self._jitter)
        finally:
            self._lock.release()

    def _after_fork(self) -> None:
        """Whoever held the lock is not in the child; nor should it look when its parent does."""
        self._lock = threading.Lock()
        self._jitter = self._draw()
        self._parameter.after_fork()


def _after_fork_in_child() -> None:
    for reader in _READERS:
        reader._after_fork()  # noqa: SLF001


if hasattr(os, "register_at_fork"):  # not on Windows
    os.register_at_fork(after_in_child=_after_fork_in_child)
