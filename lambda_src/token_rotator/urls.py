"""Checks and parts of URLs."""

from ipaddress import ip_address
from typing import Final
from urllib.parse import SplitResult, urlsplit

_PORTS: Final = {"https": 443, "http": 80}


def check(url: str) -> None:
    """Raises ValueError with a text that completes "... cannot be used:".

    The URL has to be https; http is accepted on loopback only. The text never shows the URL,
    because a misplaced key may be where a URL was expected.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ValueError("it is no URL") from None
    if parts.scheme not in ("https", "http") or not parts.hostname or port == 0:
        raise ValueError("it is no https URL")
    if any(character.isspace() or not character.isprintable() for character in url):
        raise ValueError("it has spaces or control characters in it")
    if parts.username is not None or parts.password is not None:
        raise ValueError("it has a user name or password in it")
    if parts.fragment:
        raise ValueError("it has a fragment (#...) in it")
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        raise ValueError("it is not https")


def is_loopback(hostname: str) -> bool:
    """Whether the name or address is this machine's own (RFC 6761 section 6.3, RFC 6890)."""
    try:
        return ip_address(hostname).is_loopback
    except ValueError:
        return hostname.lower() == "localhost"


def host(url: str) -> str:
    """The URL's host name in lower case, without the port."""
    return urlsplit(url).hostname or ""


def without_query(url: str) -> str:
    """The URL without its query, in which people put secrets."""
    return urlsplit(url)._replace(query="").geturl()


def origin(url: str) -> str:
    """Scheme, host and, unless it is the scheme's own, port (RFC 6454 section 6.2)."""
    parts: SplitResult = urlsplit(url)
    own_port = f":{_PORTS.get(parts.scheme)}"
    return f"{parts.scheme}://{parts.netloc.lower().removesuffix(own_port).removesuffix(':')}"
