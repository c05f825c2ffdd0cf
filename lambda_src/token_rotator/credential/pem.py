"""Finds the key in PEM text (RFC 7468) with damaged labels or line breaks."""

import base64
import re
from dataclasses import dataclass, field
from typing import Final

from token_rotator.credential.plain_text import decode, plain

ENCRYPTED: Final = "is an encrypted key; store it decrypted, because the secret itself is encrypted"

_LITERAL_BREAK: Final = re.compile(r"\\+[nrt]")
_NOT_PEM: Final = re.compile(r"=3D|[^A-Za-z0-9+/-]")
"""Whitespace, quotes, padding (which is recomputed) and escapes of quoted-printable email."""

_BASE64: Final = re.compile(r"[A-Za-z0-9+/=]+")
_BLOCK: Final = re.compile(r"-BEGIN([A-Z0-9]*)-(.*?)(?:(-END)|(?=-BEGIN)|$)", re.IGNORECASE)
"""Matches text without whitespace, because labels may have lost or gained some."""

_OTHER_LABELS: Final = {
    "PUBLICKEY": "is a public key",
    "RSAPUBLICKEY": "is a public key",
    "CERTIFICATE": "is a certificate",
    "ENCRYPTEDPRIVATEKEY": ENCRYPTED,
    "OPENSSHPRIVATEKEY": "is a key in OpenSSH's own format",
}
_PRIVATE: Final = "PRIVATE"
_SEQUENCE: Final = b"\x30\x82"
"""The start of a DER sequence with a two-byte length (X.690 section 8.1.3), as in RSA keys."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One PEM block. The DER determines its type, not the labels."""

    der: bytes = field(repr=False)
    """Empty if the base64 text has an invalid length."""
    label: str
    """The label in upper case without spaces, such as ``RSAPRIVATEKEY``."""
    has_end: bool
    lines: tuple[str, ...] = field(repr=False)
    """The lines from BEGIN to END, if those are intact."""

    @property
    def problem(self) -> str:
        """The problem of a block that is not a private key: "is ...", "has ..."."""
        if other := _OTHER_LABELS.get(self.label):
            return other
        if any("Proc-Type" in line for line in self.lines):  # RFC 1421 section 4.6.1.1
            return ENCRYPTED
        if not self.has_end:
            return "has no end: it is truncated"
        if _PRIVATE not in self.label:
            return "is not a private key"
        return f"is truncated or damaged{self._invalid_line() or self._wrong_length()}"

    def _invalid_line(self) -> str:
        """The first line with an invalid base64 character or a different length."""
        body = [(n, line) for n, line in enumerate(self.lines, 1) if line and "--" not in line]
        for number, line in body:
            if not _BASE64.fullmatch(line):
                return f": line {number} has an invalid base64 character (BEGIN is line 1)"
        for number, line in body[:-1]:
            if len(line) != (width := len(body[0][1])):
                return f": line {number} has {len(line)} characters, not {width} (BEGIN is line 1)"
        return ""

    def _wrong_length(self) -> str:
        declared_length = int.from_bytes(self.der[2:4]) + 4
        if self.der.startswith(_SEQUENCE) and declared_length != len(self.der):
            return f": it has {len(self.der)} bytes and should have {declared_length}"
        return ""


def find(text: str) -> Block:
    """Returns the first block with a private key's label, or else the first block.

    Line breaks may be real, literal ``\\n``, CRLF, indented or missing, and the PEM may be encoded
    in base64 once more. Raises ValueError with a message that completes "The privateKey ...".
    """
    text = _with_line_breaks(text)
    if not _BLOCK.search(_NOT_PEM.sub("", text)):
        text = _with_line_breaks(_base64_decoded(text))
    blocks = list(_BLOCK.finditer(_NOT_PEM.sub("", text)))
    if not blocks:
        raise ValueError("is not PEM: it has no line -----BEGIN RSA PRIVATE KEY-----")
    chosen = next((block for block in blocks if _PRIVATE in block[1].upper()), blocks[0])
    label, body, end = chosen.groups()
    return Block(
        der=_from_base64(body.replace("-", "")),
        label=label.upper(),
        has_end=end is not None,
        lines=_lines(text, block=blocks.index(chosen)),
    )


def _lines(text: str, *, block: int) -> tuple[str, ...]:
    lines = [line.strip(" \t\\>|\"',;") for line in text.splitlines()]
    begins = [number for number, line in enumerate(lines) if "BEGIN" in line.upper()]
    block_lines = lines[begins[block] if block < len(begins) else 0 :]
    ends = (number for number, line in enumerate(block_lines) if "-END" in line.upper())
    end = next(ends, len(block_lines))
    return tuple(block_lines[: end + 1])


def _with_line_breaks(text: str) -> str:
    return _LITERAL_BREAK.sub("\n", plain(text))


def _base64_decoded(text: str) -> str:
    try:
        return decode(_from_base64(_NOT_PEM.sub("", text)))
    except UnicodeDecodeError:
        return ""


def _from_base64(text: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except ValueError:
        return b""
