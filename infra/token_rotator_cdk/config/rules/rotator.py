"""Names of rotators, and how long a watchdog has to look ahead."""

import re
from collections.abc import Mapping
from typing import Annotated, Final

from token_rotator_cdk.config.rules.rule import Rule

SCHEDULE_JITTER_SECONDS: Final = 59
"""EventBridge Scheduler starts a schedule within the minute it names, not at its beginning."""

WATCHDOG_SHORTEST_SECONDS: Final = 60 + SCHEDULE_JITTER_SECONDS + 1
"""Two runs of a watchdog can be 119 s apart: a token with less life left could expire between
them."""

_NAME: Final = "[a-z][a-z0-9]*(-[a-z][a-z0-9]*)*"
"""Each part begins with a letter, so that no two names become one in CamelCase."""
_LONGEST_NAME: Final = 32


def _rotator_name(name: str) -> str | None:
    if len(name) <= _LONGEST_NAME and re.fullmatch(_NAME, name):
        return None
    return (
        f"name the table with up to {_LONGEST_NAME} small letters, digits and single hyphens, "
        "a letter at the start and after each hyphen"
    )


def _watchdog(seconds: int) -> str | None:
    if seconds == 0 or seconds >= WATCHDOG_SHORTEST_SECONDS:
        return None
    return (
        f"write 0 (no watchdog) or at least {WATCHDOG_SHORTEST_SECONDS}: "
        "two of its looks can be 119 s apart"
    )


WatchdogSeconds = Annotated[
    int, Rule(_watchdog, {"anyOf": [{"const": 0}, {"minimum": WATCHDOG_SHORTEST_SECONDS}]})
]


def _any(rotators: Mapping[str, object]) -> str | None:
    return None if rotators else "add a table [rotators.NAME]: none is there"


TableName = Annotated[str, Rule(_rotator_name)]

ANY_TABLES: Final = Rule(
    _any,
    {
        "minProperties": 1,
        "propertyNames": {"pattern": f"^{_NAME}$", "maxLength": _LONGEST_NAME},
    },
)
"""At least one table, with names that follow the rule of ``TableName``."""
