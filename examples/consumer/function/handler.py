"""A Lambda function that calls the API with a valid token."""

import os
from http import HTTPStatus
from typing import Any

import urllib3  # part of the runtime, because boto3 needs it

from token_reader import AccessToken, TokenReader

http = urllib3.PoolManager(timeout=10, retries=False)
# outside of the handler, so that later invocations use the cached token
reader = TokenReader(os.environ["TOKEN_PARAMETER"])


def handle(_event: object, _context: object) -> dict[str, Any]:
    """Returns the API's status. Raises token_reader.TokenError, which says what to do."""
    token = reader.get()
    status = _status(token)
    if status == HTTPStatus.UNAUTHORIZED:
        newer = reader.refresh(force=True)
        if newer.value != token.value:  # otherwise no newer one is published
            status = _status(newer)
    return {"status": status}


def _status(token: AccessToken) -> int:
    headers = {"Authorization": token.authorization}
    return http.request("GET", os.environ["API_URL"], headers=headers).status
