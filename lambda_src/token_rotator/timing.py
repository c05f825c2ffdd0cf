"""Durations and deadlines of an invocation.

An invocation has contract.FUNCTION_TIMEOUT_SECONDS. REPORT_RESERVE and PUBLISH_RESERVE are
reserved at its end, and the rest is for obtaining a token. Decisions 0003, 0009 and 0025
(docs/understand/decisions) explain the values.
"""

from datetime import timedelta
from typing import Final

REPORT_RESERVE: Final = timedelta(seconds=4)
"""Time between the rotation's deadline and Lambda's timeout."""

AWS_CONNECT_TIMEOUT: Final = timedelta(seconds=2)
AWS_READ_TIMEOUT: Final = timedelta(seconds=3)
AWS_CALL_TIMEOUT: Final = AWS_CONNECT_TIMEOUT + AWS_READ_TIMEOUT
"""Maximum duration of one AWS call, including connecting."""

PUBLISH_RESERVE: Final = 3 * AWS_CALL_TIMEOUT
"""Time reserved before the rotation's deadline for three calls: read, write, tag."""

HTTP_CONNECT_TIMEOUT: Final = timedelta(seconds=3)
"""Maximum time to connect, for all addresses of a host together, before the TLS handshake."""
HTTP_READ_TIMEOUT: Final = timedelta(seconds=10)
"""Maximum time for a response. One attempt takes at most both timeouts together."""

MIN_ATTEMPT_TIME: Final = timedelta(seconds=1)
"""No request starts with less time left."""

BACKOFF_BASE: Final = timedelta(milliseconds=250)
BACKOFF_CAP: Final = timedelta(seconds=5)

TOKEN_CACHE_LIFETIME: Final = timedelta(minutes=3)
"""How long a warm function uses its cached token before it reads the parameter again."""

DISCOVERY_CACHE_LIFETIME: Final = timedelta(hours=1)
DISCOVERY_CACHE_LIFETIME_AFTER_FAILURE: Final = timedelta(minutes=5)
