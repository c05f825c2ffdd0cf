"""A Lambda function that calls the API with a valid token."""

import os
from http import HTTPStatus
from typing import Any

import urllib3  # part of the runtime, because boto3 needs it

from token_reader import TokenReader

http = urllib3.PoolManager(timeout=10, retries=False)
# outside of the handler, so that later invocations use the cached token
reader = TokenReader(os.environ["TOKEN_PARAMETER"])


def handle(_event: object, _context: object) -> dict[str, Any]:
    """Returns the API's status. Raises token_reader.TokenError, which says what to do."""
    answer = http.request("GET", os.environ["API_URL"], headers=reader.authorization_header())
    if answer.status == HTTPStatus.UNAUTHORIZED:
        reader.refresh(force=True)
        answer = http.request("GET", os.environ["API_URL"], headers=reader.authorization_header())
    return {"status": answer.status}
