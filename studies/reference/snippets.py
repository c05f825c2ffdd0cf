"""Tested files of ``examples``, for the documentation."""

from pathlib import Path
from typing import Final

from local import ROOT

_LANGUAGES: Final = {".mjs": "js", ".ps1": "powershell", ".py": "python", ".sh": "sh"}

NODE: Final = ("examples/snippets/access-token.mjs",)
SHELL: Final = (
    "examples/snippets/read-token.sh",
    "examples/snippets/read-token.ps1",
    "examples/snippets/ci-masked.sh",
)
EXISTING_APP: Final = ("examples/existing_app/app.py", "examples/existing_app/reports/reports.py")


def snippet(name: str) -> str:
    """The file as a code block."""
    text = (ROOT / name).read_text(encoding="utf-8")
    return f"```{_LANGUAGES[Path(name).suffix]}\n{text.rstrip()}\n```"
