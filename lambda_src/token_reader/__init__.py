"""Reads the access token that a rotator keeps fresh in an SSM parameter.

``from token_reader import TokenReader``. Names are imported on first use, so ``httpx`` and
``requests`` are optional. ``from token_reader import *`` omits HttpxAuth and RequestsAuth, which
need them.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from token_reader.access_token import AccessToken as AccessToken
    from token_reader.aio import AsyncTokenReader as AsyncTokenReader
    from token_reader.errors import AccessDenied as AccessDenied
    from token_reader.errors import RecordUnreadable as RecordUnreadable
    from token_reader.errors import TokenError as TokenError
    from token_reader.errors import TokenExpired as TokenExpired
    from token_reader.errors import TokenUnavailable as TokenUnavailable
    from token_reader.httpx_auth import HttpxAuth as HttpxAuth
    from token_reader.logs import HideTokens as HideTokens
    from token_reader.reader import TokenReader as TokenReader
    from token_reader.requests_auth import RequestsAuth as RequestsAuth

_MODULES = {
    "AccessDenied": "errors",
    "AccessToken": "access_token",
    "AsyncTokenReader": "aio",
    "HideTokens": "logs",
    "HttpxAuth": "httpx_auth",
    "RecordUnreadable": "errors",
    "RequestsAuth": "requests_auth",
    "TokenError": "errors",
    "TokenExpired": "errors",
    "TokenReader": "reader",
    "TokenUnavailable": "errors",
}

__all__ = [
    "AccessDenied",
    "AccessToken",
    "AsyncTokenReader",
    "HideTokens",
    "RecordUnreadable",
    "TokenError",
    "TokenExpired",
    "TokenReader",
    "TokenUnavailable",
]


def __getattr__(name: str) -> object:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_MODULES})
