"""HTTP responses, and how much of them is delivered."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Self


@dataclass(frozen=True, slots=True, kw_only=True)
class CannedResponse:
    """An HTTP response. Its repr omits the body, which may contain an access token."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = field(default=b"", repr=False)

    @classmethod
    def json(cls, status: int, content: object, **headers: str) -> Self:
        """A JSON response that must not be cached (RFC 6749 section 5.1)."""
        sent = {"Content-Type": "application/json", "Cache-Control": "no-store", **headers}
        return cls(status=status, headers=sent, body=json.dumps(content).encode())


class Delivery(StrEnum):
    """How much of a response is delivered."""

    WHOLE = "whole"
    NOTHING = "nothing"
    """Nothing. The connection stays open."""
    RESET = "reset"
    """The connection is reset before a byte of the answer."""
    HALF = "half"
    """Half of the body, then the connection closes."""
    STALLED = "stalled"
    """Half of the body. The connection stays open."""
