"""What does a consumer get? A token that does not print itself, and how long it works."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessToken:
    """One access token. Datetimes are aware."""

    value: str = field(repr=False)
    expires_at: datetime
    refresh_after: datetime
    """From then on a newer one is looked for."""
    token_type: str = field(default="Bearer", repr=False)

    @property
    def authorization(self) -> str:
        """The value of an Authorization header (RFC 6750 section 2.1)."""
        return f"{self.token_type} {self.value}"
