"""Writes the files of a release into build/release: wheels, bill of materials, notes, checksums.

``make release-files``. Each wheel is built twice; both have to be the same bytes.
"""

import argparse
import hashlib
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from local import ROOT
from token_rotator.contract import VERSION

DIRECTORY: Final = ROOT / "build" / "release"
PROJECTS: Final = (ROOT, ROOT / "lambda_src")
SBOM: Final = ROOT / "build" / "sbom.cdx.json"
"""Written by ``make sbom``."""
NOTES: Final = "notes.md"
CHECKSUMS: Final = "SHA256SUMS"


class NotReleasable(Exception):
    """This checkout cannot be released. The text says what to do."""


def notes(changelog: str, version: str) -> str:
    """The section of a version in a changelog, without its heading. Raises NotReleasable."""
    heading = rf"^## \[{re.escape(version)}\] - \d{{4}}-\d\d-\d\d\n(.*?)(?=^## \[|\Z)"
    found = re.search(heading, changelog, re.M | re.S)
    if found is None or not found[1].strip():
        raise NotReleasable(
            f"CHANGELOG.md has no section [{version}] with a date: cut it, as CONTRIBUTING.md says."
        )
    return found[1].strip() + "\n"


def with_absolute_links(text: str, repository: str, version: str) -> str:
    """The text with addresses of the tagged files: a release page resolves no relative links."""
    return re.sub(r"\]\((?!https?:)([^)\s]+)\)", rf"]({repository}/blob/v{version}/\1)", text)


def check_tag(tag: str | None, version: str) -> None:
    """Raises NotReleasable if a tag is given that is not the version's."""
    if tag not in (None, f"v{version}"):
        raise NotReleasable(
            f"The tag is {tag}, and the version is {version}: tag the commit v{version}, or change "
            "VERSION in lambda_src/token_rotator/contract.py."
        )


def wheel(project: Path, directory: Path) -> Path:
    """Builds a project's wheel, and returns it. Raises NotReleasable if two builds differ."""
    built = _built(project, directory)
    with tempfile.TemporaryDirectory() as elsewhere:
        if _built(project, Path(elsewhere)).read_bytes() != built.read_bytes():
            raise NotReleasable(f"Two builds of {built.name} differ: find out by what.")
    return built


def checksums(files: list[Path]) -> str:
    """As ``sha256sum --check`` reads them."""
    return "".join(
        f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}\n" for file in files
    )


def write(repository: str | None, directory: Path = DIRECTORY) -> None:
    """Writes all files. Raises NotReleasable."""
    text = notes((ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), VERSION)
    if repository is not None:
        text = with_absolute_links(text, repository, VERSION)
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    files = [wheel(project, directory) for project in PROJECTS]
    files.append(Path(shutil.copy(SBOM, directory)))
    (directory / NOTES).write_text(text, encoding="utf-8")
    (directory / CHECKSUMS).write_text(checksums(files), encoding="utf-8")


def _built(project: Path, directory: Path) -> Path:
    before = {*directory.glob("*.whl")}
    command = (sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory")
    subprocess.run([*command, directory], cwd=project, check=True, stdout=subprocess.DEVNULL)
    (built,) = {*directory.glob("*.whl")} - before
    return built


def main() -> int:
    parser = argparse.ArgumentParser(prog="make release-files")
    parser.add_argument("--tag", help="the tag that is released; it has to be the version's")
    parser.add_argument("--repository-url", help="makes the links of the notes absolute")
    given = parser.parse_args()
    try:
        check_tag(given.tag, VERSION)
        write(given.repository_url)
    except NotReleasable as reason:
        print(reason, file=sys.stderr)
        return 1
    print((DIRECTORY / CHECKSUMS).read_text(encoding="utf-8"), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
