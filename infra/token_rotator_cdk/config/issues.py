"""Issues of a configuration. Their text never contains key material."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

MAX_SHOWN_LENGTH: Final = 60
HIDDEN: Final = "(not shown: it looks like key material)"

KeyPath = tuple[str, ...]
"""The names of the tables around a key, then the key."""

_KEY_MATERIAL: Final = re.compile(
    r"-----BEGIN|PRIVATE KEY"  # PEM
    r"|LS0tLS1CRUdJTi"  # base64 of "-----BEGIN"
    r"|\beyJ[\w-]{10,}"  # a JWT, or any JSON in base64
    r"|\bMI[IGE][\w+/]{16,}"  # base64 of DER
)
_PASSWORD: Final = re.compile(r"//[^/\s\"]*@")
_BASE64_RUN: Final = re.compile(r"[A-Za-z0-9+/=\\]{40,}")
_THUMBPRINT: Final = re.compile(r"[\w-]{43}", re.ASCII)
"""A SHA-256 hash in base64url. It looks like key material but is not."""
_THUMBPRINT_SETTINGS: Final = frozenset({("identity_provider", "key_id"), ("headers", "x5t#S256")})
"""Settings that may hold a thumbprint: RFC 7638 and RFC 7515 section 4.1.8."""
_THUMBPRINT_IN_LINE: Final = re.compile(
    rf"(?:\bkey_id|[\"']x5t#S256[\"'])\s*[=:]\s*([\"']){_THUMBPRINT.pattern}\1", re.ASCII
)
_REMOVE_KEY: Final = "remove the key from this file and revoke it; store keys only in the secret"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigIssue:
    """One thing to change."""

    table: KeyPath = ()
    key: str = ""
    value: str | None = None
    """The value, safe to show; None if there is none."""
    fix: str

    def __str__(self) -> str:
        table = f"[{table_name(self.table)}]" if self.table else ""
        where = " ".join(filter(None, [table, name_shown(self.key)]))
        assigned = "" if self.value is None else f" = {self.value}"
        return f"{where}{assigned}: {self.fix}" if where else self.fix


class ConfigurationIssues(Exception):
    """All issues of one configuration. The message lists them for the user."""

    def __init__(self, source: str, issues: Sequence[ConfigIssue], *, location: str = "") -> None:
        self.issues = tuple(issues)
        count = "an issue" if len(issues) == 1 else f"{len(issues)} issues"
        lines = [f"{source} has {count}{location}:"]
        lines += [f"  {source}: {issue}" for issue in issues]
        super().__init__("\n".join(lines))

    @classmethod
    def in_file(cls, file: Path, issues: Sequence[ConfigIssue]) -> "ConfigurationIssues":
        """The error for a file's issues."""
        return cls(file.name, issues, location=f" ({file})")


def is_key_material(text: str) -> bool:
    """Whether a text looks like a key or a token, or a part of one."""
    if _KEY_MATERIAL.search(text):
        return True
    return any(_is_random(run) for run in _BASE64_RUN.findall(text))


def shown(value: object) -> str:
    """A value in TOML syntax, shortened, and hidden if it looks like key material."""
    text = json.dumps(value, default=_plain, ensure_ascii=False)
    if is_key_material(_THUMBPRINT_IN_LINE.sub("", text)):
        return HIDDEN
    text = _PASSWORD.sub("//...@", text)
    return text if len(text) <= MAX_SHOWN_LENGTH else f"{text[:MAX_SHOWN_LENGTH]}..."


def name_shown(name: str) -> str:
    """A key or table name, hidden if it looks like key material."""
    return HIDDEN if is_key_material(name) else name


def table_name(path: KeyPath) -> str:
    """A table's name as written between brackets."""
    return ".".join(map(name_shown, path))


def keys_in_values(value: object, path: KeyPath = ()) -> Iterator[ConfigIssue]:
    """Issues for key material in values and in key names."""
    if isinstance(value, Mapping):
        for key, content in value.items():
            if is_key_material(key):
                yield ConfigIssue(table=path, key=key, fix=_REMOVE_KEY)
            yield from keys_in_values(content, (*path, key))
    elif isinstance(value, list | tuple):
        for content in value:
            yield from keys_in_values(content, path)
    elif isinstance(value, str) and is_key_material(value):
        *table, key = path
        if path[-2:] in _THUMBPRINT_SETTINGS and _THUMBPRINT.fullmatch(value):
            return
        yield ConfigIssue(table=tuple(table), key=key, value=HIDDEN, fix=_REMOVE_KEY)


def keys_in_lines(text: str) -> Iterator[ConfigIssue]:
    """The issue for the first line with key material, comments included."""
    for number, line in enumerate(text.splitlines(), start=1):
        if is_key_material(_THUMBPRINT_IN_LINE.sub("", line)):
            yield ConfigIssue(key=f"line {number}", value=HIDDEN, fix=_REMOVE_KEY)
            return


def _plain(value: object) -> object:
    return dict(value) if isinstance(value, Mapping) else str(value)


def _is_random(run: str) -> bool:
    return all(re.search(kind, run) for kind in ("[a-z]", "[A-Z]", "[0-9]"))
