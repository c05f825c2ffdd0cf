"""Authentication for httpx: ``httpx.Client(auth=HttpxAuth(reader))``, also for AsyncClient."""

from collections.abc import AsyncGenerator, Generator

import httpx

from token_reader.aio import AsyncTokenReader
from token_reader.auth import HEADER, UNAUTHORIZED, replacement, replacement_async
from token_reader.reader import TokenReader


class HttpxAuth(httpx.Auth):
    """Sets the Authorization header. After a 401, repeats the request once with a newer token.

    It returns the 401 if no newer token is published, or if the body is a stream, which cannot be
    sent twice. The request raises TokenError if there is no usable token.
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
    """Whether the refused request carried this token and its body can be sent again."""
    refused = response.request
    return (
        response.status_code == UNAUTHORIZED
        and refused.headers.get(HEADER) == sent  # httpx drops it on a redirect to another host
        and isinstance(refused.stream, httpx.ByteStream)
    )
