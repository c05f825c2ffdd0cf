"""What a page and its Japanese translation have in common: structure, code, links and numbers."""

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote

from markdown_it import MarkdownIt
from markdown_it.token import Token

from local import ROOT
from tests.support.headings import anchors

_CONTAINERS: Final = ("blockquote", "ol", "ul", "li", "table", "tr")

_HASH: Final = r"(?m)(^|\s+)# .*$"

_TRANSLATED: Final = {
    "": r"[^\d+<=\n]",
    "python": _HASH,
    "sh": _HASH,
    "toml": _HASH,
    "js": r"(?m)(^|\s+)//.*$|/\*\*.*?\*/",
    "mermaid": r"\[[^\]]*\]|(?<=--) .+? (?=-->)|(?<=-\.) .+? (?=\.->)",
}
"""What is translated in a block of code: comments, labels, and text that is not code."""

_WORDS: Final = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_NUMBERS: Final = {word: str(number) for number, word in enumerate(_WORDS, 2)}
_NUMBER: Final = rf"\d+(?:[.,]\d+)*|\b(?:{'|'.join(_WORDS)})\b"


@dataclass(frozen=True)
class Part:
    """A heading, a paragraph, a cell, a block of code, or the start of a list or a table."""

    kind: str
    code: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    """Where they lead, from the project's folder."""

    numbers: frozenset[str] = field(default=frozenset(), compare=False)


def translation(page: str) -> str:
    """The file of a page's translation: ``docs/a.md`` → ``docs/ja/a.md``."""
    if page.startswith("docs/"):
        return page.replace("docs/", "docs/ja/", 1)
    return page.replace(".md", ".ja.md")


def original(page: str) -> str:
    """The file that a translation was made of."""
    return page.replace("docs/ja/", "docs/", 1).replace(".ja.md", ".md")


def link_in_translation(link: str) -> str:
    """Where a link leads in the translation: to the translated page and heading, if they exist."""
    page, _, anchor = link.partition("#")
    there = translation(page)
    if not page.endswith(".md") or not (ROOT / there).is_file():
        return link
    if not anchor:
        return there
    return f"{there}#{anchors(_read(there))[anchors(_read(page)).index(anchor)]}"


def parts(page: str) -> list[Part]:
    """The page's parts, without the line that leads to its other language."""
    tokens = MarkdownIt("commonmark").enable("table").parse(_read(page))
    other = (translation(page),), (original(page),)
    return [part for part in _parts(page, tokens) if part.links not in other]


def _parts(page: str, tokens: list[Token]) -> Iterator[Part]:
    for before, token in zip([None, *tokens], tokens, strict=False):
        if token.type == "fence":
            translated = _TRANSLATED.get(token.info, "(?!)")
            yield Part(f"```{token.info}", (re.sub(translated, "", token.content),))
        elif token.type == "html_block" and not token.content.startswith("<!--"):
            yield Part("html", (token.content,))
        elif token.type == "inline" and before:
            yield _text(page, before.tag, token.children or [])
        elif token.nesting == 1 and token.tag in _CONTAINERS:
            yield Part(token.tag)


def _text(page: str, kind: str, children: list[Token]) -> Part:
    targets = [child.attrGet("href") or child.attrGet("src") for child in children]
    text = " ".join(child.content for child in children if child.type == "text")
    return Part(
        kind,
        tuple(sorted(child.content for child in children if child.type == "code_inline")),
        tuple(sorted(_from_the_top(page, str(target)) for target in targets if target)),
        frozenset(_NUMBERS.get(one, one) for one in re.findall(_NUMBER, text.lower())),
    )


def _from_the_top(page: str, target: str) -> str:
    if re.match("https?:", target):
        return target
    file, _, anchor = unquote(target).partition("#")
    path = posixpath.normpath(posixpath.join(posixpath.dirname(page), file)) if file else page
    return f"{path}#{anchor}" if anchor else path


def _read(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")
