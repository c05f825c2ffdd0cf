"""What can a read end with, other than a token? Four errors, each saying what to do.

TokenError
├── TokenExpired       the published token has expired, and nobody has replaced it
├── TokenUnavailable   there is no parameter, or Parameter Store gave no answer
├── RecordUnreadable   the parameter holds something that is no access token
└── AccessDenied       AWS does not let this workload read it
"""

import copy
from typing import Self


class TokenError(Exception):
    """No usable token. Its text never shows what the parameter holds."""

    retry_helps = True
    """Whether asking again in a few seconds may work without anybody doing anything."""

    def __init__(self, message: str, *, retry_helps: bool | None = None) -> None:
        super().__init__(message)
        if retry_helps is not None:
            self.retry_helps = retry_helps

    def again(self) -> Self:
        """A copy to raise: callers share what was found out, not one growing traceback."""
        twin = copy.copy(self)
        twin.__cause__ = self.__cause__
        return twin


class TokenExpired(TokenError):
    """The published token has expired, and nobody has replaced it; the rotator is in trouble."""


class TokenUnavailable(TokenError):
    """There is no parameter, or Parameter Store gave no answer."""


class RecordUnreadable(TokenError):
    """The parameter holds something that is no access token."""

    retry_helps = False


class AccessDenied(TokenError):
    """AWS does not let this workload read the parameter."""

    retry_helps = False
