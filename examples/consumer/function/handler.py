"""Calls the API with a token that has life left in it."""

import os
from http import HTTPStatus
from typing import Any

import urllib3  # the runtime's: boto3 needs it

from token_reader import TokenReader

http = urllib3.PoolManager(timeout=10, retries=False)
# outside of the handler: the cached token outlives the invocation
reader = TokenReader(os.environ["TOKEN_PARAMETER"])


def handle(_event: object, _context: object) -> dict[str, Any]:
    """What the API answered. Raises token_reader.TokenError, whose text says what to do."""
    answer = http.request("GET", os.environ["API_URL"], headers=reader.authorization_header())
    if answer.status == HTTPStatus.UNAUTHORIZED:
        reader.refresh(force=True)
        answer = http.request("GET", os.environ["API_URL"], headers=reader.authorization_header())
    return {"status": answer.status}
