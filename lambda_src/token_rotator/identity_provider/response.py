"""Parses an HTTP response of the identity provider: headers and body."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum
from typing import Final

from token_rotator.transport import HttpResponse

_SUPPORTED_CODINGS: Final = frozenset({"", "identity", "gzip", "x-gzip", "deflate"})
"""Content-Encodings that transport.py decodes, and those that mean none."""

_CODING: Final = re.compile(r"[a-z0-9-]{1,16}")
_CHARSET: Final = re.compile(r"""; *charset *= *["']?([a-z0-9._:-]+)""", re.IGNORECASE)
_MEDIA_TYPES: Final = frozenset(
    f"{kind}/{name}"
    for kind, names in {
        "application": ("json", "problem+json", "jwt", "octet-stream", "xml", "xhtml+xml"),
        "text": ("html", "json", "plain", "xml"),
    }.items()
    for name in names
)
"""Others are hidden, because a header may contain secrets."""

_DATE_RESOLUTION: Final = timedelta(seconds=1)


class Body(StrEnum):
    """Descriptions of a body in errors."""

    JSON = "JSON"
    NOT_JSON = "not JSON"
    EMPTY = "an empty body"
    TOO_LARGE = "more than 64 KiB"
    UNKNOWN_ENCODING = "an unknown Content-Encoding"
    UNDECODABLE = "a body that does not match its Content-Encoding"
    INCOMPLETE = "an incomplete or too slow body"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderResponse:
    """A response. ``fields`` is None if the body is not a JSON object."""

    status: int
    body: Body
    fields: Mapping[str, object] | None = None
    media_type: str | None = None
    """The Content-Type, if it is a common one."""
    coding: str | None = None
    """The Content-Encoding, if it is not supported."""
    retry_after: timedelta | None = None
    clock_skew: timedelta | None = None
    """The server's clock (header Date) minus the function's. None: unknown."""

    @property
    def succeeded(self) -> bool:
        """Whether the status is 2xx (RFC 9110 section 15.3)."""
        return self.status // 100 == 2  # noqa: PLR2004

    @property
    def summary(self) -> str:
        """Status, content type and kind of body, without the body itself."""
        body = f"Content-Encoding {self.coding}" if self.coding else self.body
        known = (self.media_type, body if self.body is not Body.JSON else None)
        return ", ".join([f"status {self.status}", *(one for one in known if one)])


def parse_response(
    response: HttpResponse,
    *,
    sent_at: datetime,
    received_at: datetime,
    unusable: Body | None = None,
) -> ProviderResponse:
    """Parses a response. ``unusable`` describes the body if it cannot be parsed."""
    header = response.headers.get
    content_type = header("Content-Type") or ""
    media_type = content_type.partition(";")[0].strip().lower()
    charset = _CHARSET.search(content_type)
    coding = _unreadable_coding(header("Content-Encoding"))
    document: object = None
    if coding and unusable is not Body.INCOMPLETE:
        body = Body.UNKNOWN_ENCODING
    elif unusable:
        body = unusable
    else:
        body, document = _parse_body(response.body, charset[1] if charset else None)
    return ProviderResponse(
        status=response.status,
        body=body,
        fields=document if isinstance(document, dict) else None,
        media_type=media_type if media_type in _MEDIA_TYPES else None,
        coding=coding,
        retry_after=_retry_after(header("Retry-After"), received_at),
        clock_skew=_clock_skew(header("Date"), sent_at, received_at),
    )


def _unreadable_coding(header: str | None) -> str | None:
    for coding in (header or "").lower().split(","):
        if (name := coding.strip()) not in _SUPPORTED_CODINGS:
            return name if _CODING.fullmatch(name) else "with an unknown name"
    return None


def _parse_body(body: bytes, charset: str | None) -> tuple[Body, object]:
    """Parses the body with the Content-Type's charset, or UTF-8 (RFC 8259 section 8.1).

    Invalid bytes are replaced, because an unused member must not make the response unusable.
    """
    if not body.strip():
        return Body.EMPTY, None
    for encoding in (charset, json.detect_encoding(body)):
        try:
            return Body.JSON, json.loads(body.decode(encoding or "", errors="replace"))
        except (LookupError, ValueError, RecursionError):
            continue
    return Body.NOT_JSON, None


def _retry_after(header: str | None, now: datetime) -> timedelta | None:
    """Parses Retry-After (RFC 9110 section 10.2.3): seconds or an HTTP date.

    None: absent or invalid.
    """
    if header is None:
        return None
    try:
        if header.strip().isdecimal():
            return timedelta(seconds=int(header))
        return max(timedelta(), parsedate_to_datetime(header) - now)
    except (ValueError, TypeError, OverflowError):
        return None


def _clock_skew(header: str | None, sent_at: datetime, received_at: datetime) -> timedelta | None:
    """The smallest clock difference that explains the header Date.

    Neither the header's resolution of one second (RFC 9110 section 6.6.1) nor the duration of the
    request counts as a difference.
    """
    if header is None:
        return None
    try:
        date = parsedate_to_datetime(header)
        earliest, latest = date - received_at, date + _DATE_RESOLUTION - sent_at
    except (ValueError, TypeError, OverflowError):
        return None
    return max(earliest, min(latest, timedelta()))
