"""The consumers' pages: their code for CDK apps."""

import re
from typing import Any

from local import ROOT

PAGES = sorted((ROOT / "docs" / "consume").glob("*.md"))
TEXT = "".join(page.read_text(encoding="utf-8") for page in PAGES)


def test_cdk_code_uses_names_that_exist():
    (code,) = [
        code for code in re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL) if "aws_cdk" in code
    ]

    names: dict[str, Any] = {}
    exec(code, names)
    assert callable(names["TokenRotator"].grant_read)
