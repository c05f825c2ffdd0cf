"""The lock around a read, of the kind that the process uses when it reads."""

import threading
from typing import Any


class ReadLock:
    """A lock that one thread or greenlet holds during a read, and that it may enter again.

    gevent patches ``threading`` after the module that creates a reader was imported (gunicorn
    ``--preload``), and greenlets that wait for a thread's lock stop their whole process. So the
    lock is created at its first use, and again when ``threading`` has changed.
    """

    def __init__(self) -> None:
        self._locks: dict[object, Any] = {}

    def current(self) -> Any:
        """The ``threading.RLock`` of now."""
        kind = threading.Lock
        # setdefault is atomic: threads that come at the same time get the same lock
        return self._locks.get(kind) or self._locks.setdefault(kind, threading.RLock())

    def after_fork(self) -> None:
        """Forgets the lock: in a forked child, the thread that holds it does not exist."""
        self._locks = {}
