"""Durations and deadlines of an invocation.

An invocation has contract.FUNCTION_TIMEOUT_SECONDS. From the end backwards, these are the time to
report, the time to publish, and the rest to obtain a token. Decisions 0003, 0009 and 0025
(docs/understand/decisions) have the arithmetic.
"""

from datetime import timedelta
from typing import Final

TO_REPORT: Final = timedelta(seconds=4)
"""Between the rotation's deadline and the moment Lambda would stop the function."""

AWS_CONNECT: Final = timedelta(seconds=2)
AWS_READ: Final = timedelta(seconds=3)
AWS_CALL: Final = AWS_CONNECT + AWS_READ
"""The longest that one call of AWS takes, from connecting to the end of its answer."""

TO_PUBLISH: Final = 3 * AWS_CALL
"""Three calls: read, write, tag. The time that is kept for them before the rotation's deadline."""

HTTP_CONNECT: Final = timedelta(seconds=3)
"""The longest that connecting takes, all of a name's addresses together; then the TLS handshake."""
HTTP_READ: Final = timedelta(seconds=10)
"""The longest that an answer takes. One attempt takes HTTP_CONNECT and HTTP_READ at most."""

SHORTEST_ATTEMPT: Final = timedelta(seconds=1)
"""A request is not started with less time left."""

BACKOFF_BASE: Final = timedelta(milliseconds=250)
BACKOFF_CAP: Final = timedelta(seconds=5)

REMEMBERED: Final = timedelta(minutes=3)
"""How long a function that wrote or read the token does not read it again."""

DISCOVERY_KEPT: Final = timedelta(hours=1)
DISCOVERY_KEPT_AFTER_FAILURE: Final = timedelta(minutes=5)
