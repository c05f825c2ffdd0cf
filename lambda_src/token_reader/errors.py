"""Errors of a read. The message contains the fix; ``layer`` names what failed.

TokenError
├── TokenExpired       the published token has expired and has not been replaced
├── TokenUnavailable   the parameter does not exist, or AWS did not respond
├── RecordUnreadable   the parameter's value is not an access token
└── AccessDenied       AWS does not let this workload read the parameter
"""

import copy
from typing import Literal, Self

Layer = Literal[
    "credentials",
    "sts",
    "trust",
    "permissions",
    "key",
    "network",
    "clock",
    "configuration",
    "service",
    "parameter",
    "token",
]
"""What failed. docs/consume/python.md lists who can fix it."""


class TokenError(Exception):
    """There is no usable token. The message never shows the parameter's value."""

    retry_helps = True
    """Whether another attempt in a few seconds may succeed without any change."""
    layer: Layer = "service"

    def __init__(
        self, message: str, *, retry_helps: bool | None = None, layer: Layer | None = None
    ) -> None:
        super().__init__(message)
        if retry_helps is not None:
            self.retry_helps = retry_helps
        if layer is not None:
            self.layer = layer

    def fresh_copy(self) -> Self:
        """A copy to raise. Raising the same exception again would accumulate tracebacks."""
        fresh = copy.copy(self)
        fresh.__cause__ = self.__cause__
        return fresh


class TokenExpired(TokenError):
    """The published token has expired and has not been replaced: the rotator is failing."""

    layer: Layer = "token"


class TokenUnavailable(TokenError):
    """The parameter does not exist, or AWS did not respond."""


class RecordUnreadable(TokenError):
    """The parameter's value is not an access token."""

    retry_helps = False
    layer: Layer = "parameter"


class AccessDenied(TokenError):
    """AWS does not let this workload read the parameter."""

    retry_helps = False
    layer: Layer = "permissions"
