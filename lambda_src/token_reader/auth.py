"""What does an HTTP client do about a 401? It asks once whether there is another token by now."""

from token_reader.access_token import AccessToken
from token_reader.aio import AsyncTokenReader
from token_reader.errors import TokenError
from token_reader.reader import TokenReader

HEADER = "Authorization"
UNAUTHORIZED = 401


def replacement(reader: TokenReader, refused: str) -> AccessToken | None:
    """Another token than the one in the refused header, or None."""
    try:
        token = reader.get()
        if token.authorization == refused:
            token = reader.refresh(force=True)
    except TokenError:
        return None  # the 401 is the better answer
    return None if token.authorization == refused else token


async def replacement_async(reader: AsyncTokenReader, refused: str) -> AccessToken | None:
    """The same for coroutines."""
    try:
        token = await reader.get()
        if token.authorization == refused:
            token = await reader.refresh(force=True)
    except TokenError:
        return None
    return None if token.authorization == refused else token
