"""Files of ``examples``, which tests run, as the pages show them."""

from pathlib import Path
from typing import Final

from local import ROOT

_LANGUAGES: Final = {".mjs": "js", ".ps1": "powershell", ".py": "python", ".sh": "sh"}

SNIPPETS: Final = sorted(
    path.relative_to(ROOT).as_posix() for path in (ROOT / "examples" / "snippets").iterdir()
)


EXISTING_APP: Final = ("examples/existing_app/app.py", "examples/existing_app/reports/reports.py")


def snippet(name: str) -> str:
    """The file as a block of code."""
    text = (ROOT / name).read_text(encoding="utf-8")
    return f"```{_LANGUAGES[Path(name).suffix]}\n{text.rstrip()}\n```"
