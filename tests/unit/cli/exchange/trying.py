"""Files to try, and identity providers that answer what a test wants."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from local.idp.service_account import ServiceAccount
from tests.support.canned_server import Behaviour, CannedServer, Connection, Tls, answer

Tried = Callable[..., tuple[int, str, str]]
"""The fixture ``tried``."""

GRANTED = json.dumps({"access_token": "abc", "expires_in": 300}).encode()


def changed(account: ServiceAccount, **fields: str) -> str:
    """The downloaded file with other fields."""
    return json.dumps(json.loads(account.as_downloaded()) | fields)


@contextmanager
def provider(
    token: Behaviour, *, tls: Tls | None = None, **discovered: str
) -> Iterator[CannedServer]:
    """Answers discovery, and the token request as it is told."""

    def discovery(connection: Connection) -> None:
        document = {"token_endpoint": f"{server.url}/token", **discovered}
        answer(200, json.dumps(document).encode())(connection)

    with CannedServer(discovery, token, tls=tls) as server:
        yield server
