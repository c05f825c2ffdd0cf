"""Calls the API with a valid token: in Lambda ``handle``, in a container the program."""

import os

import urllib3

from token_reader import TokenReader

http = urllib3.PoolManager(timeout=10, retries=False)
reader = TokenReader(os.environ["TOKEN_PARAMETER"])  # one per process


def handle(_event: object = None, _context: object = None) -> dict[str, int]:
    """Returns the API's status. Raises token_reader.TokenError, which says what to do."""
    headers = reader.authorization_header()
    return {"status": http.request("GET", os.environ["API_URL"], headers=headers).status}


if __name__ == "__main__":
    print(handle())
