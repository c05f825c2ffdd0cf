"""Authentication for httpx: ``httpx.Client(auth=HttpxAuth(reader))``, also for AsyncClient."""

from collections.abc import AsyncGenerator, Generator

import httpx

from token_reader.access_token import AccessToken
from token_reader.aio import AsyncTokenReader
from token_reader.auth import HEADER, UNAUTHORIZED, replacement, replacement_async
from token_reader.reader import TokenReader


class HttpxAuth(httpx.Auth):
    """Sets the Authorization header. After a 401, repeats the request once with a newer token.

    Returns the 401 if no newer token is published, if the rejected request did not contain this
    reader's token, or if the body is a stream, which cannot be sent twice. Raises TokenError if
    there is no usable token.
    """

    def __init__(self, reader: TokenReader) -> None:
        self._reader = reader
        self._async_reader = AsyncTokenReader(reader)

    def sync_auth_flow(
        self, request: httpx.Request
    ) -> Generator[httpx.Request, httpx.Response, None]:
        """Called by httpx.Client."""
        sent = self._reader.get()
        request.headers[HEADER] = sent.authorization
        response = yield request
        if _may_repeat(response, request, sent) and (newer := replacement(self._reader, sent)):
            request.headers[HEADER] = newer.authorization
            yield request

    async def async_auth_flow(
        self, request: httpx.Request
    ) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """Called by httpx.AsyncClient."""
        sent = await self._async_reader.get()
        request.headers[HEADER] = sent.authorization
        response = yield request
        if _may_repeat(response, request, sent) and (
            newer := await replacement_async(self._async_reader, sent)
        ):
            request.headers[HEADER] = newer.authorization
            yield request


def _may_repeat(response: httpx.Response, intended: httpx.Request, sent: AccessToken) -> bool:
    """Whether the intended host rejected our token, and the body can be sent again."""
    rejected = response.request
    return (
        response.status_code == UNAUTHORIZED
        and rejected.url.host == intended.url.host
        and rejected.headers.get(HEADER) == sent.authorization  # httpx removes it for other hosts
        and _repeatable(intended.stream)
    )


def _repeatable(body: object) -> bool:
    """Whether httpx can send this body again: bytes, or a form whose files can be rewound."""
    if isinstance(body, httpx.ByteStream):
        return True
    fields = getattr(body, "fields", [])  # private attribute of httpx's MultipartStream
    return bool(fields) and all(_rewindable(getattr(field, "file", b"")) for field in fields)


def _rewindable(file: object) -> bool:
    if isinstance(file, (str, bytes)):
        return True
    seekable = getattr(file, "seekable", None)
    return callable(seekable) and bool(seekable())
