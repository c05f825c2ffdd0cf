"""Replaces a token that an API rejected with 401."""

from token_reader.access_token import AccessToken
from token_reader.aio import AsyncTokenReader
from token_reader.errors import TokenError
from token_reader.reader import TokenReader

HEADER = "Authorization"
UNAUTHORIZED = 401


def replacement(reader: TokenReader, rejected: AccessToken) -> AccessToken | None:
    """The published token, or None if it is still the rejected one."""
    try:
        token = reader.get()
        if token.value == rejected.value:
            token = reader.refresh(force=True)
    except TokenError:
        return None  # the caller returns the 401, which is more informative than this error
    return None if token.value == rejected.value else token


async def replacement_async(reader: AsyncTokenReader, rejected: AccessToken) -> AccessToken | None:
    """``replacement`` for coroutines."""
    try:
        token = await reader.get()
        if token.value == rejected.value:
            token = await reader.refresh(force=True)
    except TokenError:
        return None
    return None if token.value == rejected.value else token
