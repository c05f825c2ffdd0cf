"""A Japanese page has the structure, the code, the links and the numbers of the English one."""

import posixpath
import re
from dataclasses import replace

import pytest
from markdown_it import MarkdownIt

from local import ROOT
from tests.support.translation import Part, link_in_translation, original, parts

PAGES = [
    "README.ja.md",
    *(str(file.relative_to(ROOT)) for file in sorted((ROOT / "docs" / "ja").rglob("*.md"))),
]


def in_translation(part: Part) -> Part:
    return replace(part, links=tuple(sorted(map(link_in_translation, part.links))))


@pytest.mark.parametrize("page", PAGES)
def test_the_structure_the_code_and_the_links_are_those_of_the_english_page(page: str):
    assert parts(page) == [in_translation(part) for part in parts(original(page))]


@pytest.mark.parametrize("page", PAGES)
def test_the_numbers_of_the_english_page_are_in_the_same_places(page: str):
    pairs = zip(parts(original(page)), parts(page), strict=True)

    assert [
        missing for english, japanese in pairs if (missing := english.numbers - japanese.numbers)
    ] == []


@pytest.mark.parametrize("page", PAGES)
def test_the_first_line_after_the_title_leads_to_the_english_page(page: str):
    english = posixpath.relpath(original(page), posixpath.dirname(page) or ".")

    text = (ROOT / page).read_text(encoding="utf-8")
    assert text.splitlines()[2] == f"[English]({english}) | 日本語"


JAPANESE = "[ぁ-んァ-ヶー一-龠々]"


@pytest.mark.parametrize("page", PAGES)
def test_there_is_a_space_between_japanese_and_code_or_a_link_in_latin_letters(page: str):
    """As on Salesforce's and AWS's pages. The prose linter checks what is within a text."""
    text = re.sub(r"(?ms)^```.*?^```", "", (ROOT / page).read_text(encoding="utf-8"))
    latin = r"`[^`\n]+`|\[[A-Za-z0-9`][^]]*\]\(|\[[^]]*[A-Za-z0-9`]\]\([^)]*\)"

    assert re.findall(f"{JAPANESE}(?:{latin})|(?:{latin}){JAPANESE}", text) == []


@pytest.mark.parametrize("page", PAGES)
def test_a_paragraph_is_one_line(page: str):
    """A line break would be shown as a space, which Japanese does not have between words."""
    tokens = (
        MarkdownIt("commonmark").enable("table").parse((ROOT / page).read_text(encoding="utf-8"))
    )
    broken = [
        token.content
        for token in tokens
        if any(child.type == "softbreak" for child in token.children or ())
    ]

    assert broken == []
