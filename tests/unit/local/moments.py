"""The moment at which the clock of a local identity provider stands still."""

from datetime import UTC, datetime

NOW = datetime.now(UTC).replace(microsecond=0)


def seconds(offset: float) -> int:
    return int(NOW.timestamp() + offset)
