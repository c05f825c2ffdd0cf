"""Validates and splits URLs."""

from ipaddress import ip_address
from typing import Final
from urllib.parse import SplitResult, urlsplit

_PORTS: Final = {"https": 443, "http": 80}


def check(url: str) -> None:
    """Raises ValueError with a message that completes "... cannot be used:".

    The URL must use https, or http on loopback. The message never contains the URL, because it may
    be a misplaced key.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ValueError("it is not a URL") from None
    if parts.scheme not in ("https", "http") or not parts.hostname or port == 0:
        raise ValueError("it is not an https URL")
    if any(character.isspace() or not character.isprintable() for character in url):
        raise ValueError("it contains spaces or control characters")
    if parts.username is not None or parts.password is not None:
        raise ValueError("it contains a user name or password")
    if parts.fragment:
        raise ValueError("it contains a fragment (#...)")
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        raise ValueError("it is not https")


def is_loopback(hostname: str) -> bool:
    """Whether the name or address is loopback (RFC 6761 section 6.3, RFC 6890)."""
    try:
        return ip_address(hostname).is_loopback
    except ValueError:
        return hostname.lower() == "localhost"


def host(url: str) -> str:
    """The URL's host name in lowercase, without the port."""
    return urlsplit(url).hostname or ""


def without_query(url: str) -> str:
    """The URL without its query, which may contain secrets."""
    return urlsplit(url)._replace(query="").geturl()


def origin(url: str) -> str:
    """Scheme, host and port (RFC 6454 section 6.2). A default port is omitted."""
    parts: SplitResult = urlsplit(url)
    own_port = f":{_PORTS.get(parts.scheme)}"
    return f"{parts.scheme}://{parts.netloc.lower().removesuffix(own_port).removesuffix(':')}"
