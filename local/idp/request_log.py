"""Log of received requests: parameters and claims, but no assertions and no tokens."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import parse_qs

from local.http.answers import CannedResponse
from local.http.server import Request
from local.idp.faults import Endpoint

REDACTED: Final = "(withheld)"
_ASSERTIONS: Final = ("client_assertion", "assertion")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedRequest:
    """A received request and its status."""

    at: datetime
    endpoint: Endpoint
    method: str
    path: str
    query: Mapping[str, tuple[str, ...]]
    form: Mapping[str, tuple[str, ...]]
    header_names: frozenset[str]
    """The names in lower case."""
    content_type: str | None
    assertion_header: Mapping[str, object]
    claims: Mapping[str, object]
    """The claims as sent, whether verified or not. Empty without an assertion."""
    key: str | None
    """The fingerprint of the key that verified the assertion, or None."""
    status: int


def received(
    request: Request, endpoint: Endpoint, answer: CannedResponse, *, at: datetime, key: str | None
) -> ReceivedRequest:
    """The log entry of an answered request."""
    query, form = parse_qs(request.query), parse_qs(request.body)
    sent = query | form
    header, claims = _decoded(next((sent[name][0] for name in _ASSERTIONS if name in sent), ""))
    return ReceivedRequest(
        at=at,
        endpoint=endpoint,
        method=request.method,
        path=request.path,
        query=_printable(query),
        form=_printable(form),
        header_names=frozenset(request.headers),
        content_type=request.headers.get("content-type"),
        assertion_header=header,
        claims=claims,
        key=key,
        status=answer.status,
    )


def _printable(parameters: Mapping[str, list[str]]) -> Mapping[str, tuple[str, ...]]:
    return {
        name: (REDACTED,) if name in _ASSERTIONS else tuple(values)
        for name, values in parameters.items()
    }


def _decoded(assertion: str) -> tuple[Mapping[str, object], Mapping[str, object]]:
    header, _, rest = assertion.partition(".")
    return _json_part(header), _json_part(rest.partition(".")[0])


def _json_part(segment: str) -> Mapping[str, object]:
    try:
        part = json.loads(base64.urlsafe_b64decode(segment + "=" * (-len(segment) % 4)))
    except ValueError:
        return {}
    return part if isinstance(part, dict) else {}
