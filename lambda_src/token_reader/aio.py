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
            read = self._join(force=force)
            if wait and await read.ended(wait):
                force = False
            elif reader.cached.enough(wait, wall=reader.now()):
                break
        return reader.cached.usable(reader.now())

    def _join(self, *, force: bool) -> "_Read":
        """The read in progress, or a new one.

        A forked child does not continue its parent's read.
        """
        if self._reading is None or not self._reading.goes_on():
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
        self._over = False
        self._waiting: list[Callable[[], object]] = []
        self._thread = threading.Thread(target=self._run, name="token-reader", daemon=True)
        asked = reader.moment()
        try:
            self._thread.start()
        except RuntimeError as exc:  # too many threads, or the interpreter is shutting down
            if asked.wall < reader.cached.expires_at:
                self._over = True
                reader.failed(_failure(exc), asked=asked)
            else:
                self._run()  # blocks the event loop, which has no token to continue with

    def goes_on(self) -> bool:
        """Whether the read is in progress."""
        return not self._over and self._thread.is_alive()

    async def ended(self, seconds: float) -> bool:
        """Waits up to ``seconds`` for the read. Returns whether it has ended."""
        if (token := _trio_token()) is not None:
            trio = sys.modules["trio"]
            end = trio.Event()
            self._when_over(lambda: token.run_sync_soon(end.set))
            with trio.move_on_after(seconds):
                await end.wait()
        else:
            loop, over = _asyncio_loop(), asyncio.Event()
            self._when_over(lambda: loop.call_soon_threadsafe(over.set))
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await over.wait()
        return self._over

    def _when_over(self, wake: Callable[[], object]) -> None:
        self._waiting.append(wake)
        if self._over:  # it ended in the meantime and may not have notified this caller
            wake()

    def _run(self) -> None:
        asked = self._reader.moment()
        try:
            self._reader.read_if_due(max_wait=WAIT_LIMIT_SECONDS, force=self._force)
        except Exception as exc:  # noqa: BLE001 - nobody else would see it
            self._reader.failed(_failure(exc), asked=asked)
        finally:
            self._over = True
            for wake in list(self._waiting):
                with contextlib.suppress(RuntimeError):  # the caller's event loop is closed
                    wake()


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


def _failure(exc: Exception) -> TokenError:
    return TokenUnavailable(f"The parameter could not be read ({type(exc).__name__}).")
