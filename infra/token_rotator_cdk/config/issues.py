"""What is wrong with a deployment's file, in words that never show key material."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

LONGEST_SHOWN: Final = 60
HIDDEN: Final = "(not shown: it looks like key material)"

_KEY_MATERIAL: Final = re.compile(
    r"-----BEGIN|PRIVATE KEY"  # PEM
    r"|LS0tLS1CRUdJTi"  # base64 of "-----BEGIN"
    r"|\beyJ[\w-]{10,}"  # a JWT, or any JSON in base64
    r"|\bMI[IGE][\w+/]{16,}"  # base64 of DER
)
_PASSWORD: Final = re.compile(r"//[^/\s\"]*@")
_BASE64_RUN: Final = re.compile(r"[A-Za-z0-9+/=\\]{40,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigIssue:
    """One thing to change in the file."""

    table: str = ""
    key: str = ""
    value: str | None = None
    """As it may be shown; None where there is no value to show."""
    fix: str

    def __str__(self) -> str:
        where = " ".join(filter(None, [f"[{self.table}]" if self.table else "", self.key]))
        assigned = "" if self.value is None else f" = {self.value}"
        return f"{where}{assigned}: {self.fix}" if where else self.fix


class ConfigurationIssues(Exception):
    """Everything that is wrong with one file; its text is what a person reads."""

    def __init__(self, file: Path, issues: list[ConfigIssue]) -> None:
        self.file = file
        self.issues = tuple(issues)
        count = "an issue" if len(issues) == 1 else f"{len(issues)} issues"
        lines = [f"{file.name} has {count} ({file}):"]
        lines += [f"  {file.name}: {issue}" for issue in issues]
        super().__init__("\n".join(lines))


def is_key_material(text: str) -> bool:
    """Whether a text looks like (a part of) a key or a token."""
    if _KEY_MATERIAL.search(text):
        return True
    return any(_is_random(run) for run in _BASE64_RUN.findall(text))


def shown(value: object) -> str:
    """A value as TOML shows it, shortened, and hidden where it looks like key material."""
    text = json.dumps(value, default=_plain, ensure_ascii=False)
    if is_key_material(text):
        return HIDDEN
    text = _PASSWORD.sub("//...@", text)
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}..."


def _plain(value: object) -> object:
    return dict(value) if isinstance(value, Mapping) else str(value)


def _is_random(run: str) -> bool:
    return all(re.search(kind, run) for kind in ("[a-z]", "[A-Z]", "[0-9]"))
