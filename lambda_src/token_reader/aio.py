"""A token reader for asyncio and trio that never blocks the event loop."""

import asyncio
import contextlib
import sys
import threading
from collections.abc import Callable
from typing import Any

from token_reader.access_token import AccessToken
from token_reader.cache import ATTEMPTS, WAIT_LIMIT_SECONDS
from token_reader.errors import TokenError, TokenUnavailable
from token_reader.reader import TokenReader


class AsyncTokenReader:
    """A TokenReader for coroutines in asyncio, trio and anyio.

    It shares the cached token with its TokenReader, which can be used at the same time. At most one
    thread reads the parameter at a time, and it does not use the loop's executor. Callers do not
    wait for it in the advisory window. Cancelling a caller does not cancel the read.
    """

    def __init__(self, reader: TokenReader) -> None:
        self._reader = reader
        self._reading: _Read | None = None

    async def get(self) -> AccessToken:
        """A token that has not expired. Raises TokenError."""
        reader = self._reader
        cached = reader.cached
        if (
            cached.fresh_from <= reader.now() < cached.fresh_until
            and reader.ticks() < cached.fresh_ticks
        ):
            return cached.token
        return await self._get()

    async def authorization_header(self) -> dict[str, str]:
        """``{"Authorization": "Bearer ..."}``; do not log it. Raises TokenError."""
        return {"Authorization": (await self.get()).authorization}

    async def refresh(self, *, force: bool = False) -> AccessToken:
        """Reads the parameter if a read is due, and returns the token. Raises TokenError.

        With ``force`` it reads at once, like TokenReader.refresh.
        """
        return await self._get(force=force, max_wait=WAIT_LIMIT_SECONDS)

    async def _get(self, *, force: bool = False, max_wait: float | None = None) -> AccessToken:
        reader = self._reader
        for _ in range(ATTEMPTS):
            cached, now = reader.cached, reader.moment()
            if not cached.due(now, force=force):
                break
            wait = cached.max_wait(now) if max_wait is None else max_wait
            read = self._current_read(force=force)
            if wait and await read.wait_for_end(wait):
                force = False
            elif reader.cached.stops_waiting(wait, wall=reader.now()):
                break
        return reader.cached.usable(reader.now())

    def _current_read(self, *, force: bool) -> "_Read":
        """The read in progress, or a new one.

        A forked child does not continue its parent's read.
        """
        if self._reading is None or not self._reading.in_progress():
            self._reading = _Read(self._reader, force=force)
        return self._reading

    def __reduce__(self) -> tuple[type["AsyncTokenReader"], tuple[TokenReader]]:
        """Pickles the reader without the read in progress."""
        return AsyncTokenReader, (self._reader,)


class _Read:
    """A read in its own thread, and the callers that wait for it."""

    def __init__(self, reader: TokenReader, *, force: bool) -> None:
        self._reader = reader
        self._force = force
        self._ended = False
        self._callbacks: list[Callable[[], object]] = []
        self._thread = threading.Thread(target=self._run, name="token-reader", daemon=True)
        started_at = reader.moment()
        try:
            self._thread.start()
        except RuntimeError as exc:  # too many threads, or the interpreter is shutting down
            if started_at.wall < reader.cached.expires_at:
                self._ended = True
                reader.failed(_read_error(exc), started_at=started_at)
            else:
                self._run()  # blocks the event loop, which has no token to continue with

    def in_progress(self) -> bool:
        """Whether the read is in progress."""
        return not self._ended and self._thread.is_alive()

    async def wait_for_end(self, seconds: float) -> bool:
        """Waits up to ``seconds`` for the read. Returns whether it has ended."""
        if (token := _trio_token()) is not None:
            trio = sys.modules["trio"]
            event = trio.Event()
            self._add_callback(lambda: token.run_sync_soon(event.set))
            with trio.move_on_after(seconds):
                await event.wait()
        else:
            loop, event = _asyncio_loop(), asyncio.Event()
            self._add_callback(lambda: loop.call_soon_threadsafe(event.set))
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await event.wait()
        return self._ended

    def _add_callback(self, callback: Callable[[], object]) -> None:
        self._callbacks.append(callback)
        if self._ended:  # it ended in the meantime and may not have notified this caller
            callback()

    def _run(self) -> None:
        started_at = self._reader.moment()
        try:
            self._reader.read_if_due(max_wait=WAIT_LIMIT_SECONDS, force=self._force)
        except Exception as exc:  # noqa: BLE001 - nothing else would report it
            self._reader.failed(_read_error(exc), started_at=started_at)
        finally:
            self._ended = True
            for callback in list(self._callbacks):
                with contextlib.suppress(RuntimeError):  # the caller's event loop is closed
                    callback()


def _trio_token() -> Any:
    """The token of the running trio loop, or None. Does not import trio, which is optional."""
    trio = sys.modules.get("trio")
    try:
        return trio and trio.lowlevel.current_trio_token()
    except RuntimeError:
        return None


def _asyncio_loop() -> asyncio.AbstractEventLoop:
    try:
        return asyncio.get_running_loop()
    except RuntimeError as exc:
        raise RuntimeError(
            "AsyncTokenReader works in asyncio and trio, and in no other loop."
        ) from exc


def _read_error(exc: Exception) -> TokenError:
    return TokenUnavailable(f"The parameter could not be read ({type(exc).__name__}).")
