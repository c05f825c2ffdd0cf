"""Lints the prose of the project with textlint: ``make prose``. Exits with 1 if it finds something.

Arguments are files. Without one, it lints every page and every Python file.
"""

import re
import subprocess
import sys
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

from local import ROOT
from studies.prose.sentences import markdown_of

_TEXTLINT: Final = ROOT / "node_modules" / ".bin" / "textlint"
_EXTRACTED: Final = ROOT / "build" / "prose"
_RULES: Final = Path(__file__).parent / "rules"
_HISTORY: Final = ("CHANGELOG.md", "docs/understand/decisions/")


def main(named: list[str]) -> int:
    """Lints the files and returns the exit status."""
    files = named or _every_file()
    pages = {file for file in files if file.endswith(".md")}
    japanese = {page for page in pages if page.endswith(".ja.md") or page.startswith("docs/ja/")}
    history = {page for page in pages if page.startswith(_HISTORY)}
    runs = [
        ("english", pages - japanese - history),
        ("english", {_extracted(file) for file in files if file.endswith(".py")}),
        ("history", history),
        ("japanese", japanese),
    ]
    with ThreadPoolExecutor() as pool:
        findings = [
            line for lines in pool.map(_textlint, *zip(*runs, strict=True)) for line in lines
        ]
    print("\n".join([*findings, f"{len(findings)} findings in the prose of {len(files)} files."]))
    return 1 if findings else 0


def _every_file() -> list[str]:
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.md", "*.py"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return [file for file in listed.stdout.splitlines() if (ROOT / file).exists()]


def _extracted(file: str) -> str:
    """The path of the page that has the sentences of a Python file."""
    page = _EXTRACTED / f"{file}.md"
    page.parent.mkdir(parents=True, exist_ok=True)
    source = (ROOT / file).read_text(encoding="utf-8")
    text = markdown_of(source, messages=not file.startswith("tests/"))
    page.write_text(text, encoding="utf-8")
    return str(page)


def _textlint(rules: str, files: Iterable[str]) -> list[str]:
    """The findings of textlint, a line each: file, line, column, message."""
    if not files:
        return []
    config = ["--config", str(_RULES / f"{rules}.json"), "--format", "unix", "--no-color"]
    command = [str(_TEXTLINT), *config, *sorted(files)]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if run.returncode > 1 or run.stderr:
        raise SystemExit(f"textlint could not run with the rules {rules}:\n{run.stderr}")
    found = (re.match(r"(/.*?)(:\d+:\d+: .*)", line) for line in run.stdout.splitlines())
    return [_source_of(line[1]) + line[2] for line in found if line]


def _source_of(linted: str) -> str:
    source = linted.removeprefix(f"{_EXTRACTED}/").removeprefix(f"{ROOT}/")
    return source.removesuffix(".md") if source.endswith(".py.md") else source


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
