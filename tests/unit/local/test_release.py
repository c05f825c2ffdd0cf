"""The files of a release are made of this version, and of nothing that differs between builds."""

import hashlib
import re
from pathlib import Path

import pytest

from local import ROOT, release
from local.release import NotReleasable, check_tag, checksums, notes, wheel, with_absolute_links

CHANGELOG = """\
# Changelog

## [Unreleased]

- Later.

## [0.2.0] - 2027-01-31

### Fixed

- This.

## [0.1.0] - 2026-11-28

- The first one.
"""


def test_the_notes_are_the_section_of_the_version():
    assert notes(CHANGELOG, "0.2.0") == "### Fixed\n\n- This.\n"
    assert notes(CHANGELOG, "0.1.0") == "- The first one.\n"


def test_the_links_of_the_notes_lead_to_the_tagged_files():
    text = "[a](docs/a.md#b), [c](https://example.com/d)"

    assert with_absolute_links(text, "https://host/owner/name", "0.2.0") == (
        "[a](https://host/owner/name/blob/v0.2.0/docs/a.md#b), [c](https://example.com/d)"
    )


@pytest.mark.parametrize(
    ("changelog", "version"),
    [
        (CHANGELOG, "0.3.0"),
        (CHANGELOG, "Unreleased"),
        (CHANGELOG.replace(" - 2026-11-28", ""), "0.1.0"),
        (CHANGELOG.replace("- The first one.", ""), "0.1.0"),
    ],
)
def test_a_version_that_the_changelog_does_not_have_is_not_released(changelog: str, version: str):
    with pytest.raises(NotReleasable, match="has no section"):
        notes(changelog, version)


def test_a_tag_of_another_version_is_not_released():
    check_tag(None, "0.2.0")
    check_tag("v0.2.0", "0.2.0")

    for tag in ("v0.1.0", "0.2.0", "v0.2.0-rc1"):
        with pytest.raises(NotReleasable, match=f"The tag is {tag}"):
            check_tag(tag, "0.2.0")


def test_wheels_that_differ_from_build_to_build_are_not_released(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    builds = iter((b"one", b"one", b"one", b"another"))

    def build(project: Path, directory: Path) -> Path:
        built = directory / "a.whl"
        built.write_bytes(next(builds))
        return built

    monkeypatch.setattr(release, "_built", build)

    assert wheel(tmp_path, tmp_path).read_bytes() == b"one"
    with pytest.raises(NotReleasable, match=r"Two builds of a\.whl differ"):
        wheel(tmp_path, tmp_path)


def test_the_checksums_are_those_of_sha256sum(tmp_path: Path):
    file = tmp_path / "a.whl"
    file.write_bytes(b"content")

    assert checksums([file]) == f"{hashlib.sha256(b'content').hexdigest()}  a.whl\n"


def test_the_workflow_names_the_files_that_are_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    bill = tmp_path / release.SBOM.name
    bill.write_text("{}")
    monkeypatch.setattr(release, "SBOM", bill)
    monkeypatch.setattr(release, "notes", lambda *_: "- This.\n")
    written = tmp_path / "release"

    release.write(None, written)

    workflow = (ROOT / ".github" / "workflows" / "release.yml").read_text(encoding="utf-8")
    named = {
        file.name
        for pattern in re.findall(r"\brelease/([\w.*]+)", workflow)
        for file in [*written.glob(pattern)] or [Path(f"no {pattern}")]
    }
    assert named == {file.name for file in written.iterdir()}
    assert f"path: {release.DIRECTORY.relative_to(ROOT)}/\n" in workflow
