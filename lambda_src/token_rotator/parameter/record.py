"""The record in the parameter: an access token and its expiry."""

import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Final

FETCH_AHEAD: Final = timedelta(seconds=60)
"""How long before the token's expiry consumers start to read a newer record."""


class RecordUnreadable(ValueError):
    """The parameter does not contain a record. The message never contains its value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One published access token.

    Datetimes are aware, in whole seconds. In JSON, they are seconds since the epoch.
    """

    access_token: str = field(repr=False)
    """The value for the header ``Authorization: Bearer <access_token>``."""
    issued_at: datetime
    """Seconds since the epoch, just before the token was requested."""
    expires_at: datetime
    """Seconds since the epoch. Do not use the token from this time on."""
    token_type: str = field(default="Bearer", repr=False)
    """``Bearer``."""

    @property
    def refresh_after(self) -> datetime:
        """Seconds since the epoch. Read the parameter again from this time on.

        It is 60 s before ``expires_at``, or ``issued_at`` if the token lives less than 60 s.
        """
        return max(self.issued_at, self.expires_at - FETCH_AHEAD)

    def life_left(self, now: datetime) -> timedelta:
        """The token's remaining lifetime. Negative: expired."""
        return self.expires_at - now

    def to_json(self) -> str:
        """The parameter's value: JSON, stable, documented in docs/reference/record.md."""
        return json.dumps(
            {
                "access_token": self.access_token,
                "token_type": self.token_type,
                "issued_at": int(self.issued_at.timestamp()),
                "expires_at": int(self.expires_at.timestamp()),
                "refresh_after": int(self.refresh_after.timestamp()),
            }
        )

    @classmethod
    def from_json(cls, value: str) -> "Record":
        """Parses the output of ``to_json``. Ignores unknown fields.

        Raises RecordUnreadable, which does not contain the value.
        """
        try:
            fields = json.loads(value)
            token, token_type = fields["access_token"], fields["token_type"]
            issued_at, expires_at = (
                _from_epoch(fields["issued_at"]),
                _from_epoch(fields["expires_at"]),
            )
        except (ValueError, KeyError, TypeError, OverflowError, RecursionError, OSError):
            # from None: the decoder's exception holds the whole document
            raise RecordUnreadable("the parameter does not hold a token record") from None
        if not (isinstance(token, str) and token and isinstance(token_type, str) and token_type):
            raise RecordUnreadable("the parameter's record has no access token")
        return cls(
            access_token=token, token_type=token_type, issued_at=issued_at, expires_at=expires_at
        )


def limit_expiry(record: Record, *, written_at: datetime, token_lifetime: timedelta) -> Record:
    """Limits the record's expiry to one configured lifetime after the parameter was written.

    So a record with a wrong expiry cannot block fresh tokens for longer than one lifetime.
    """
    issued_at = min(record.issued_at, written_at.astimezone(UTC).replace(microsecond=0))
    return replace(record, expires_at=min(record.expires_at, issued_at + token_lifetime))


def _from_epoch(seconds: object) -> datetime:
    if isinstance(seconds, bool) or not isinstance(seconds, int):
        raise TypeError("not a whole number of seconds since the epoch")
    return datetime.fromtimestamp(seconds, UTC)
