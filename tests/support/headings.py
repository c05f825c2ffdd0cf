"""The anchors of a Markdown page."""

import re


def anchor(heading: str) -> str:
    """The anchor that GitHub makes of a heading: lower case, hyphens, no punctuation."""
    return re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-")


def anchors(markdown: str) -> list[str]:
    """The anchors of the page's headings, in their order."""
    outside_of_code = re.sub(r"(?ms)^```.*?^```", "", markdown)
    return [anchor(heading) for heading in re.findall(r"^#+ (.+)$", outside_of_code, re.M)]
