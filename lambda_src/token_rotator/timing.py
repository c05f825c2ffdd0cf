"""How long may each thing take?

An invocation has contract.FUNCTION_TIMEOUT_SECONDS. Its parts, from the end backwards: time to
report, time to publish, and the rest for obtaining a token. docs/decisions/0003-the-deadline.md
and 0009-the-deadline-holds.md have the arithmetic.
"""

from datetime import timedelta
from typing import Final

TO_REPORT: Final = timedelta(seconds=4)
"""Between the rotation's deadline and the moment Lambda would stop the function."""

AWS_CONNECT: Final = timedelta(seconds=2)
AWS_READ: Final = timedelta(seconds=3)
AWS_CALL: Final = AWS_CONNECT + AWS_READ
"""The longest that one call of an AWS API takes, all of its answer included."""

TO_PUBLISH: Final = 3 * AWS_CALL
"""Look, write, tag: between the last moment a token may be obtained and the rotation's deadline."""

HTTP_CONNECT: Final = timedelta(seconds=3)
HTTP_READ: Final = timedelta(seconds=10)

SHORTEST_ATTEMPT: Final = timedelta(seconds=1)
"""With less than this left, a request is not started."""

BACKOFF_BASE: Final = timedelta(milliseconds=250)
BACKOFF_CAP: Final = timedelta(seconds=5)

REMEMBERED: Final = timedelta(minutes=3)
"""For so long a function that wrote or saw the token does not look whether it is still there."""

DISCOVERY_KEPT: Final = timedelta(hours=1)
DISCOVERY_KEPT_AFTER_FAILURE: Final = timedelta(minutes=5)
