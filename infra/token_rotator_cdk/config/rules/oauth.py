"""Rules for endpoints, host names, claims and scopes."""

import re
from ipaddress import ip_address
from typing import Annotated, Final
from urllib.parse import urlsplit

from token_rotator_cdk.config.rules.rule import Rule, Strings, each, matching

MAX_TEXT_LENGTH: Final = 512
_SCOPE: Final = r"[\x21\x23-\x5b\x5d-\x7e]+"


def _one_line(text: str) -> str | None:
    if text and text.isprintable() and text == text.strip() and len(text) <= MAX_TEXT_LENGTH:
        return None
    return f"write 1 to {MAX_TEXT_LENGTH} printable characters without spaces around them"


def _scope(text: str) -> str | None:
    if len(text) <= MAX_TEXT_LENGTH and re.fullmatch(f"{_SCOPE}( {_SCOPE})*", text):
        return None
    return "separate scopes with one space, without quotes or backslashes"


def _endpoint(url: str) -> str | None:
    example = "such as https://idp.example.com/token"
    try:
        parts = urlsplit(url)
        name, _ = parts.hostname, parts.port
    except ValueError:
        return f"write an address {example}"
    if parts.scheme not in {"http", "https"} or not name or _one_line(url) or " " in url:
        return f"write an address {example}"
    if parts.username is not None or parts.password is not None:
        return "remove the user name and password: they would be visible in the template"
    if parts.fragment or url.endswith("#"):
        return "remove the #fragment (RFC 6749 section 3.2)"
    if parts.scheme == "http" and not _is_loopback(name):
        return "write https://: only localhost is allowed without TLS"
    return None


def _is_loopback(name: str) -> bool:
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return name == "localhost"


_LENGTH: Final = {"minLength": 1, "maxLength": MAX_TEXT_LENGTH}
_HOST: Final = matching(
    r"[a-z0-9][a-z0-9-]*(\.[a-z0-9-]+)*",
    "write a host name in lowercase, without https:// or a path",
)

OneLine = Annotated[str, Rule(_one_line, _LENGTH)]
"""A string for a claim or a header."""

Scope = Annotated[str, Rule(_scope, _LENGTH)]
"""Scope tokens separated by single spaces (RFC 6749 section 3.3)."""

Endpoint = Annotated[str, Rule(_endpoint, {**_LENGTH, "pattern": "^[Hh][Tt][Tt][Pp][Ss]?://"})]
"""A URL that may receive assertions: https, or http on localhost."""

Hosts = Annotated[Strings, each(_HOST)]
"""Host names or IP addresses without scheme, port or path."""
