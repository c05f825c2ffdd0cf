"""A web application with one reader at module level, as the hosts' workers import it."""

import json
import os
import sys
import time
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

import trio

from token_reader import AccessToken, AsyncTokenReader, TokenReader

reader = TokenReader(os.environ["TOKEN_PARAMETER"])
asynchronous = AsyncTokenReader(reader)

if os.environ.get("READ_AT_IMPORT"):
    reader.get()


def wsgi(
    _environ: dict[str, Any], start: Callable[[str, list[tuple[str, str]]], Any]
) -> Iterable[bytes]:
    """For gunicorn."""
    body = _answer(reader.get())
    start("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]


async def asgi(scope: dict[str, Any], receive: Any, send: Callable[[Any], Awaitable[None]]) -> None:
    """For uvicorn."""
    if scope["type"] == "lifespan":
        while (await receive())["type"] != "lifespan.shutdown":
            await send({"type": "lifespan.startup.complete"})
        await send({"type": "lifespan.shutdown.complete"})
        return
    body = _answer(await asynchronous.get())
    headers = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _answer(token: AccessToken) -> bytes:
    left = token.expires_at.timestamp() - time.time()
    return json.dumps({"token": token.value, "left": left, "pid": os.getpid()}).encode()


async def trio_main(requests: int) -> None:
    """Callers in trio, ten at a time."""

    async def caller() -> None:
        print(_answer(await asynchronous.get()).decode(), flush=True)

    for _ in range(requests // 10):
        async with trio.open_nursery() as nursery:
            for _ in range(10):
                nursery.start_soon(caller)
        await trio.sleep(0.4)


if __name__ == "__main__":
    trio.run(trio_main, int(sys.argv[1]))
