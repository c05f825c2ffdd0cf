"""Rules for names of rotators and for the watchdog."""

import re
from collections.abc import Mapping
from typing import Annotated, Final

from token_rotator_cdk.config.rules.rule import Rule

SCHEDULE_JITTER_SECONDS: Final = 59
"""EventBridge Scheduler invokes at any second within the scheduled minute."""

MIN_WATCHDOG_SECONDS: Final = 60 + SCHEDULE_JITTER_SECONDS + 1
"""Two runs of a watchdog can be 119 s apart. A token with less time left could expire in
between."""

_NAME: Final = "[a-z][a-z0-9]*(-[a-z][a-z0-9]*)*"
"""Each part begins with a letter, so names stay unique in CamelCase."""
_MAX_NAME_LENGTH: Final = 32


def _rotator_name(name: str) -> str | None:
    if len(name) <= _MAX_NAME_LENGTH and re.fullmatch(_NAME, name):
        return None
    return (
        f"name the table with up to {_MAX_NAME_LENGTH} lowercase letters, digits and single "
        "hyphens, with a letter at the start and after each hyphen"
    )


def _watchdog(seconds: int) -> str | None:
    if seconds == 0 or seconds >= MIN_WATCHDOG_SECONDS:
        return None
    return (
        f"write 0 (no watchdog) or at least {MIN_WATCHDOG_SECONDS}: "
        "two runs of it can be 119 s apart"
    )


WatchdogSeconds = Annotated[
    int, Rule(_watchdog, {"anyOf": [{"const": 0}, {"minimum": MIN_WATCHDOG_SECONDS}]})
]


def _not_empty(rotators: Mapping[str, object]) -> str | None:
    return None if rotators else "add a table [rotators.NAME]: there is none"


TableName = Annotated[str, Rule(_rotator_name)]

NOT_EMPTY: Final = Rule(
    _not_empty,
    {
        "minProperties": 1,
        "propertyNames": {"pattern": f"^{_NAME}$", "maxLength": _MAX_NAME_LENGTH},
    },
)
"""At least one table, with names valid for ``TableName``."""
