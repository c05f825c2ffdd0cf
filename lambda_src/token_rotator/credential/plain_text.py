"""Reverses changes that editors, word processors, email and terminals make to text."""

import json
import re
import unicodedata
from typing import Final

_BY_CATEGORY: Final = {
    "Cf": "",  # byte order marks, zero-width characters, soft hyphens
    "Pd": "-",  # hyphens and dashes
    "Pi": '"',  # typographic quotation marks
    "Pf": '"',
    "Zl": "\n",
    "Zp": "\n",
    "Zs": " ",  # no-break and other spaces
}
"""ASCII replacements by Unicode general category (UAX #44)."""

_BY_CHARACTER: Final = {"\0": "", "\u2212": "-", "\u201a": '"', "\u201e": '"'}
"""Single characters, because their categories also contain other symbols."""


def decode(content: bytes) -> str:
    """Decodes UTF-8, UTF-16 or UTF-32, with or without a byte order mark.

    Raises UnicodeDecodeError, which holds the content.
    """
    return content.decode(json.detect_encoding(content))


def plain(text: str) -> str:
    """Replaces characters that look like ASCII, and removes invisible ones."""
    return re.sub(r"[^\x01-\x7f]", lambda match: _plain(match[0]), text)


def _plain(character: str) -> str:
    replacement = _BY_CHARACTER.get(character, _BY_CATEGORY.get(unicodedata.category(character)))
    return character if replacement is None else replacement
