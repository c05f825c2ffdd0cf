"""Undoes what editors, word processors, email and terminals do to a text on its way."""

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
"""ASCII for the general categories of Unicode (UAX #44) that stand in for it."""

_OTHERS: Final = {"\0": "", "\u2212": "-", "\u201a": '"', "\u201e": '"'}
"""The minus sign and the low quotation marks, whose categories hold brackets and sums, too."""


def decoded(content: bytes) -> str:
    """The text in UTF-8, UTF-16 or UTF-32, with or without a byte order mark.

    Raises UnicodeDecodeError, which carries the content.
    """
    return content.decode(json.detect_encoding(content))


def plain(text: str) -> str:
    """The text with ASCII characters in place of those that look like them or like nothing."""
    return re.sub(r"[^\x01-\x7f]", lambda found: _plain(found[0]), text)


def _plain(character: str) -> str:
    ascii_one = _OTHERS.get(character, _BY_CATEGORY.get(unicodedata.category(character)))
    return character if ascii_one is None else ascii_one
