"""Parses the record that the rotator publishes in the parameter."""

import json
from datetime import UTC, datetime, timedelta
from typing import Final

from token_reader.access_token import AccessToken

FETCH_AHEAD: Final = timedelta(seconds=60)
"""How long before the token's expiry readers begin to read again."""


def parse(value: str) -> AccessToken | None:
    """The token of a record (docs/reference/record.md), or None if the value is not a record.

    Unknown fields are ignored.
    """
    try:
        fields = json.loads(value)
        token, token_type = fields["access_token"], fields["token_type"]
        issued_at, expires_at = _from_epoch(fields["issued_at"]), _from_epoch(fields["expires_at"])
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError, OSError):
        return None
    if not (isinstance(token, str) and token and isinstance(token_type, str) and token_type):
        return None
    return with_refresh_time(
        token, token_type=token_type, issued_at=issued_at, expires_at=expires_at
    )


def with_refresh_time(
    value: str, *, token_type: str, issued_at: datetime, expires_at: datetime
) -> AccessToken:
    """A token with a ``refresh_after`` between ``issued_at`` and ``expires_at``."""
    lifetime = max(expires_at - issued_at, timedelta(0))
    return AccessToken(
        value=value,
        token_type=token_type,
        issued_at=issued_at,
        expires_at=expires_at,
        refresh_after=expires_at - min(lifetime, FETCH_AHEAD),
    )


def _from_epoch(seconds: object) -> datetime:
    if isinstance(seconds, bool) or not isinstance(seconds, int):
        raise TypeError("not a whole number of seconds since the epoch")
    return datetime.fromtimestamp(seconds, UTC)
