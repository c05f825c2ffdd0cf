"""An access token and the time until which it works."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessToken:
    """One access token. Datetimes are aware. The repr does not show the token."""

    value: str = field(repr=False)
    expires_at: datetime
    refresh_after: datetime
    """The reader fetches a newer token from this time on."""
    token_type: str = field(default="Bearer", repr=False)

    @property
    def authorization(self) -> str:
        """The value of an Authorization header (RFC 6750 section 2.1)."""
        return f"{self.token_type} {self.value}"
