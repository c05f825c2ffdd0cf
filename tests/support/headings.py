"""The anchors and links of a Markdown page."""

import re
from pathlib import Path


def anchors(markdown: str) -> set[str]:
    """The anchors that GitHub makes of headings: lower case, hyphens, no punctuation."""
    headings = re.findall(r"^#+ (.+)$", markdown, re.M)
    return {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}


def dead_links(page: Path) -> list[str]:
    """The links to files or headings of the project that are not there."""
    links = re.findall(r"\]\(((?!https:)[^)]+)\)", page.read_text(encoding="utf-8"))
    return [link for link in links if not _is_there(page, link)]


def _is_there(page: Path, link: str) -> bool:
    path, _, anchor = link.partition("#")
    target = (page.parent / path).resolve() if path else page
    if not target.exists():
        return False
    return not anchor or anchor in anchors(target.read_text(encoding="utf-8"))
