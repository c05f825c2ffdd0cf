"""How does httpx use it? ``httpx.Client(auth=HttpxAuth(reader))``, AsyncClient likewise."""

from collections.abc import AsyncGenerator, Generator

import httpx

from token_reader.aio import AsyncTokenReader
from token_reader.auth import HEADER, UNAUTHORIZED, replacement, replacement_async
from token_reader.reader import TokenReader


class HttpxAuth(httpx.Auth):
    """Sets the header; after a 401 repeats the request once, if there is another token by now.

    A body that is streamed cannot be sent twice: then the 401 is the answer. Where no token can be
    had, the request raises TokenError.
    """

    def __init__(self, reader: TokenReader) -> None:
        self._reader = reader
        self._async_reader = AsyncTokenReader(reader)

    def sync_auth_flow(
        self, request: httpx.Request
    ) -> Generator[httpx.Request, httpx.Response, None]:
        """Called by httpx.Client."""
        sent = request.headers[HEADER] = self._reader.get().authorization
        response = yield request
        if _may_repeat(response, sent) and (token := replacement(self._reader, sent)):
            request.headers[HEADER] = token.authorization
            yield request

    async def async_auth_flow(
        self, request: httpx.Request
    ) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """Called by httpx.AsyncClient."""
        sent = request.headers[HEADER] = (await self._async_reader.get()).authorization
        response = yield request
        if _may_repeat(response, sent) and (
            token := await replacement_async(self._async_reader, sent)
        ):
            request.headers[HEADER] = token.authorization
            yield request


def _may_repeat(response: httpx.Response, sent: str) -> bool:
    """Our token was refused, by whom it was meant for, and the body is at hand."""
    refused = response.request
    return (
        response.status_code == UNAUTHORIZED
        and refused.headers.get(HEADER) == sent  # httpx drops it on a redirect to another host
        and isinstance(refused.stream, httpx.ByteStream)
    )
