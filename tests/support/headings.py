"""Where can a link into a page lead?"""

import re


def anchors(markdown: str) -> set[str]:
    """As the forges make them of headings: small letters, hyphens for spaces, no punctuation."""
    headings = re.findall(r"^#+ (.+)$", markdown, re.M)
    return {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}
