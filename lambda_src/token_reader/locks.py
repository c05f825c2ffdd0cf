"""The lock around a read, compatible with gevent."""

import threading
from typing import Any


class ReadLock:
    """A reentrant lock that one thread or greenlet holds during a read.

    gevent may patch ``threading`` after the reader was created (gunicorn ``--preload``), and
    greenlets that wait for an unpatched lock block their whole process. So the lock is created on
    first use, and again after ``threading`` has changed.
    """

    def __init__(self) -> None:
        self._locks: dict[object, Any] = {}

    def current(self) -> Any:
        """A lock of the current ``threading.RLock``."""
        kind = threading.Lock
        # setdefault is atomic: concurrent threads get the same lock
        return self._locks.get(kind) or self._locks.setdefault(kind, threading.RLock())

    def after_fork(self) -> None:
        """Forgets the lock: its owner thread does not exist in a forked child."""
        self._locks = {}
