"""How is the token read without blocking an event loop? A thread looks, at most one at a time."""

import asyncio

from token_reader.access_token import AccessToken
from token_reader.reader import TokenReader
from token_reader.windows import NO_END


class AsyncTokenReader:
    """A TokenReader for coroutines; both may be used at once, and share what they know.

    In the advisory window nobody waits at all: the look goes on by itself.
    """

    def __init__(self, reader: TokenReader) -> None:
        self._reader = reader
        self._looking: asyncio.Task[None] | None = None

    async def get(self) -> AccessToken:
        """A token that has not expired. Raises TokenError."""
        held, now = self._reader.held, self._reader.now()
        if now < held.fresh_until:
            return held.token
        if now >= held.look_at:
            await self._look(patience=held.patience(now))
        return self._reader.held.usable(self._reader.now())

    async def authorization_header(self) -> dict[str, str]:
        """``{"Authorization": "Bearer ..."}``; do not log it. Raises TokenError."""
        return {"Authorization": (await self.get()).authorization}

    async def refresh(self, *, force: bool = False) -> AccessToken:
        """Looks if that is due; force: unless somebody did within a second. Raises TokenError."""
        await self._look(patience=NO_END, force=force)
        return self._reader.held.usable(self._reader.now())

    async def _look(self, *, patience: float, force: bool = False) -> None:
        """Joins the look that is under way, or starts one; waits without cancelling it."""
        looking = self._looking
        if (
            looking is None
            or looking.done()
            or looking.get_loop() is not asyncio.get_running_loop()
        ):
            looking = self._looking = asyncio.create_task(
                asyncio.to_thread(self._reader.look, force=force)
            )
        await asyncio.wait({looking}, timeout=None if patience == NO_END else patience)
