"""An access token and its expiry."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import NoReturn, Self


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessToken:
    """One access token. Datetimes are aware. The repr does not show the token."""

    value: str = field(repr=False)
    issued_at: datetime
    """Just before the token was requested."""
    expires_at: datetime
    refresh_after: datetime
    """The reader fetches a newer token from this time on."""
    token_type: str = field(default="Bearer", repr=False)

    @property
    def authorization(self) -> str:
        """The value of an Authorization header (RFC 6750 section 2.1)."""
        return f"{self.token_type} {self.value}"

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: dict[int, object]) -> Self:
        return self

    def __reduce__(self) -> NoReturn:
        """Refused, because anyone with access to the pickle could use the token."""
        raise TypeError(
            "An access token cannot be pickled. Pickle the reader, which contains no token."
        )
