"""Finds secrets in text, whole or in part, also when they are encoded or wrapped."""

import base64
import binascii
import codecs
import contextlib
import functools
import json
import re
import warnings
from collections.abc import Iterable, Iterator
from typing import Final
from urllib.parse import unquote_plus

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

FRAGMENT: Final = 16
"""A match of this many characters is no coincidence: it has at least 64 bits of entropy."""

_DEEPEST: Final = 3
"""Layers of encoding that are decoded, for example base64 in a JSON string in a JSON string."""

_ESCAPED: Final = re.compile(r"\\[nrtux\"\\/0-7]|%[0-9A-Fa-f]{2}")
_BASE64: Final = re.compile(r"[A-Za-z0-9+/_-]{16,}")
_HEX: Final = re.compile(r"(?:[0-9A-Fa-f]{2}[ :]?){16,}")
_JWT_HEADER: Final = json.dumps({"alg": "RS256", "typ": "JWT"}, separators=(",", ":"))


class Secrets:
    """The secrets that no output may show, as fragments."""

    def __init__(self) -> None:
        self._fragments: dict[str, str] = {}
        # detects every assertion: all of them start with the same header
        self.add(
            "an assertion", base64.urlsafe_b64encode(_JWT_HEADER.encode()).decode().rstrip("=")
        )

    def add(self, name: str, secret: str) -> None:
        """Adds a token, an assertion or a line of text."""
        bare = _bare(secret)
        for start in range(max(1, len(bare) - FRAGMENT + 1)):
            self._fragments[bare[start : start + FRAGMENT]] = name

    def add_key(self, pem: str) -> None:
        """Adds a private key in PEM and DER, and its private numbers."""
        for text in _spellings(pem):
            self.add("the private key", text)

    def shown_in(self, text: str) -> set[str]:
        """The names of the secrets that the text shows, whole or in part."""
        return {name for reading in _readings(text) for name in self._in(_bare(reading))}

    def _in(self, bare: str) -> Iterator[str]:
        ends = range(FRAGMENT, len(bare) + 1)
        windows = map(bare.__getitem__, map(slice, range(len(ends)), ends))
        return map(self._fragments.__getitem__, filter(self._fragments.__contains__, windows))


@functools.lru_cache(16)
def _spellings(pem: str) -> list[str]:
    """What a private key can be recognized by. Cached: loading a key takes long."""
    key = load_pem_private_key(pem.encode(), password=None)
    texts = []
    for private_format in (PrivateFormat.TraditionalOpenSSL, PrivateFormat.PKCS8):
        der = key.private_bytes(Encoding.DER, private_format, NoEncryption())
        texts += [base64.b64encode(der).decode(), der.decode("latin-1")]
    if isinstance(key, RSAPrivateKey):
        numbers = key.private_numbers()
        texts += map(str, (numbers.d, numbers.p, numbers.q))
    return texts


def _bare(text: str) -> str:
    """The text without whitespace, quotes and backslashes, which may split a secret."""
    return "".join(text.split()).replace('"', "").replace("'", "").replace("\\", "")


def _readings(text: str, depth: int = _DEEPEST) -> Iterator[str]:
    """The text, and everything it can be decoded to."""
    yield text
    if depth == 0:
        return
    for decoded in dict.fromkeys(_decoded(text)):
        yield from _readings(decoded, depth - 1)


def _decoded(text: str) -> Iterable[str]:
    if _ESCAPED.search(text):
        yield unquote_plus(text)
        with contextlib.suppress(ValueError), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Python warns of invalid escape sequences
            yield codecs.decode(text.encode("latin-1", "backslashreplace"), "unicode_escape")
    for run in _HEX.findall(text):
        yield bytes.fromhex(re.sub("[ :]", "", run)).decode("latin-1")
    for run in _BASE64.findall(text):
        standard = run.replace("-", "+").replace("_", "/")
        for offset in range(4):  # base64 of a longer text may hold the secret at any offset
            piece = standard[offset:]
            with contextlib.suppress(binascii.Error):
                decoded = base64.b64decode(piece[: len(piece) // 4 * 4])
                yield decoded.decode("latin-1")
