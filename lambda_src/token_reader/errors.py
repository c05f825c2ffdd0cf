"""Errors of a read. Each message says what to do.

TokenError
├── TokenExpired       the published token has expired and has not been replaced
├── TokenUnavailable   the parameter does not exist, or Parameter Store did not answer
├── RecordUnreadable   the parameter's value is not an access token
└── AccessDenied       this workload may not read the parameter
"""

import copy
from typing import Self


class TokenError(Exception):
    """There is no usable token. The message never shows the parameter's value."""

    retry_helps = True
    """Whether another attempt in a few seconds may succeed without any change."""

    def __init__(self, message: str, *, retry_helps: bool | None = None) -> None:
        super().__init__(message)
        if retry_helps is not None:
            self.retry_helps = retry_helps

    def fresh_copy(self) -> Self:
        """A copy to raise. An exception that is raised repeatedly collects every traceback."""
        fresh = copy.copy(self)
        fresh.__cause__ = self.__cause__
        return fresh


class TokenExpired(TokenError):
    """The published token has expired and has not been replaced: the rotator is failing."""


class TokenUnavailable(TokenError):
    """The parameter does not exist, or Parameter Store did not answer."""


class RecordUnreadable(TokenError):
    """The parameter's value is not an access token."""

    retry_helps = False


class AccessDenied(TokenError):
    """This workload may not read the parameter."""

    retry_helps = False
