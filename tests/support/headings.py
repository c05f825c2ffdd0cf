"""The anchors of a Markdown page."""

import re


def anchors(markdown: str) -> set[str]:
    """The anchors that GitHub makes of headings: lower case, hyphens, no punctuation."""
    headings = re.findall(r"^#+ (.+)$", markdown, re.M)
    return {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}
