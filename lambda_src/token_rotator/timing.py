"""Durations and deadlines of an invocation.

An invocation has contract.FUNCTION_TIMEOUT_SECONDS. TO_REPORT and TO_PUBLISH are reserved at its
end, and the rest is for obtaining a token. Decisions 0003, 0009 and 0025
(docs/understand/decisions) explain the values.
"""

from datetime import timedelta
from typing import Final

TO_REPORT: Final = timedelta(seconds=4)
"""Time between the rotation's deadline and Lambda's timeout."""

AWS_CONNECT: Final = timedelta(seconds=2)
AWS_READ: Final = timedelta(seconds=3)
AWS_CALL: Final = AWS_CONNECT + AWS_READ
"""Maximum duration of one AWS call, including connecting."""

TO_PUBLISH: Final = 3 * AWS_CALL
"""Time reserved before the rotation's deadline for three calls: read, write, tag."""

HTTP_CONNECT: Final = timedelta(seconds=3)
"""Maximum time to connect, for all addresses of a host together, before the TLS handshake."""
HTTP_READ: Final = timedelta(seconds=10)
"""Maximum time for a response. One attempt takes at most HTTP_CONNECT + HTTP_READ."""

SHORTEST_ATTEMPT: Final = timedelta(seconds=1)
"""No request starts with less time left."""

BACKOFF_BASE: Final = timedelta(milliseconds=250)
BACKOFF_CAP: Final = timedelta(seconds=5)

REMEMBERED: Final = timedelta(minutes=3)
"""How long a warm function uses its cached token before it reads the parameter again."""

DISCOVERY_KEPT: Final = timedelta(hours=1)
DISCOVERY_KEPT_AFTER_FAILURE: Final = timedelta(minutes=5)
