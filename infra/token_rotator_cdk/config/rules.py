"""Which values may a key take? A rule answers what to write instead, or None for a good value."""

import re
from collections.abc import Callable
from ipaddress import ip_address
from typing import Any, Final
from urllib.parse import urlsplit

from token_rotator.contract import PROFILES

Rule = Callable[[Any], str | None]

SCHEDULE_JITTER_SECONDS: Final = 59
"""EventBridge Scheduler starts a schedule within the minute it names, not at its beginning."""

WATCHDOG_SHORTEST_SECONDS: Final = 60 + SCHEDULE_JITTER_SECONDS + 1
"""Two looks can be 119 s apart: a token with less life left could expire between them."""

LONGEST_TEXT: Final = 512


def anything(_: object) -> str | None:
    """For keys whose type says everything."""
    return None


def between(lowest: int, highest: int, unit: str) -> Rule:
    """A whole number within bounds, both included."""

    def rule(number: int) -> str | None:
        if lowest <= number <= highest:
            return None
        return f"write a number of {unit} from {lowest} to {highest}"

    return rule


def each(rule: Rule, *, at_most: int | None = None, else_: str = "") -> Rule:
    """A list of which every entry follows the rule, and no entry is there twice."""

    def rule_of_list(entries: tuple[str, ...]) -> str | None:
        if at_most is not None and len(entries) > at_most:
            return f"write at most {at_most}, {else_}"
        for position, entry in enumerate(entries, start=1):
            if fix := rule(entry):
                return f"{fix} (entry {position})"
            if entry in entries[: position - 1]:
                return f"write every entry once (entry {position} is there twice)"
        return None

    return rule_of_list


def one_line(text: str) -> str | None:
    """A value that travels in a claim or a header."""
    if text and text.isprintable() and text == text.strip() and len(text) <= LONGEST_TEXT:
        return None
    return f"write 1 to {LONGEST_TEXT} printable characters without spaces around them"


def email(address: str) -> str | None:
    """An address that Amazon SNS can send its confirmation to."""
    if re.fullmatch(r"[^\s@]+@[^\s@.]+(\.[^\s@.]+)+", address):
        return None
    return "write an e-mail address such as platform@example.com"


def host(name: str) -> str | None:
    """A host name or address without scheme, port or path."""
    if re.fullmatch(r"(?!-)[a-z0-9-]+(\.[a-z0-9-]+)*", name):
        return None
    return "write a host name in small letters, without https:// and without path"


def profile(name: str) -> str | None:
    """One of the contract's profiles."""
    return None if name in PROFILES else f"write one of {', '.join(PROFILES)}"


def scope(text: str) -> str | None:
    """Scope tokens with single spaces between (RFC 6749 section 3.3)."""
    token = r"[\x21\x23-\x5b\x5d-\x7e]+"
    if len(text) <= LONGEST_TEXT and re.fullmatch(rf"{token}( {token})*", text):
        return None
    return "write scope names with one space between them, without quotes and backslashes"


def watchdog(seconds: int) -> str | None:
    """0, or long enough that the watchdog looks at least once before the token expires."""
    if seconds == 0 or seconds >= WATCHDOG_SHORTEST_SECONDS:
        return None
    return (
        f"write 0 (no watchdog) or at least {WATCHDOG_SHORTEST_SECONDS}: "
        "two of its looks can be 119 s apart"
    )


def endpoint(url: str) -> str | None:
    """An address that assertions may be sent to: https, or http on this machine only."""
    good = "such as https://idp.example.com/token"
    try:
        parts = urlsplit(url)
        name, _ = parts.hostname, parts.port
    except ValueError:
        return f"write an address {good}"
    if parts.scheme not in {"http", "https"} or not name or one_line(url) or " " in url:
        return f"write an address {good}"
    if parts.username is not None or parts.password is not None:
        return "write the address without user name and password: they would end up in the template"
    if parts.fragment or url.endswith("#"):
        return "write the address without its #fragment (RFC 6749 section 3.2)"
    if parts.scheme == "http" and not _is_loopback(name):
        return "write https://: only localhost may be reached without TLS"
    return None


def _is_loopback(name: str) -> bool:
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return name == "localhost"
