"""A token reader for asyncio. A thread reads the parameter, so the event loop is never blocked."""

import asyncio

from token_reader.access_token import AccessToken
from token_reader.cache import NO_LIMIT
from token_reader.reader import TokenReader


class AsyncTokenReader:
    """A TokenReader for coroutines. Both may be used at once; they share the cached token.

    At most one thread reads the parameter at a time. In the advisory window no caller waits for it.
    """

    def __init__(self, reader: TokenReader) -> None:
        self._reader = reader
        self._reading: asyncio.Task[None] | None = None

    async def get(self) -> AccessToken:
        """A token that has not expired. Raises TokenError."""
        cached, now = self._reader.cached, self._reader.now()
        if now < cached.fresh_until:
            return cached.token
        if now >= cached.next_read_at:
            await self._read(max_wait=cached.max_wait(now))
        return self._reader.cached.usable(self._reader.now())

    async def authorization_header(self) -> dict[str, str]:
        """``{"Authorization": "Bearer ..."}``; do not log it. Raises TokenError."""
        return {"Authorization": (await self.get()).authorization}

    async def refresh(self, *, force: bool = False) -> AccessToken:
        """Reads the parameter if a read is due, and returns the token. Raises TokenError.

        With ``force`` it reads at once, unless the last read was less than a second ago.
        """
        await self._read(max_wait=NO_LIMIT, force=force)
        return self._reader.cached.usable(self._reader.now())

    async def _read(self, *, max_wait: float, force: bool = False) -> None:
        """Joins the read in progress or starts one. A cancelled caller does not cancel it."""
        reading = self._reading
        if (
            reading is None
            or reading.done()
            or reading.get_loop() is not asyncio.get_running_loop()
        ):
            reading = self._reading = asyncio.create_task(
                asyncio.to_thread(self._reader.read_if_due, force=force)
            )
        await asyncio.wait({reading}, timeout=None if max_wait == NO_LIMIT else max_wait)
