"""The version is spelled in one place, and everything that tells it tells the same."""

import re
import subprocess
import zipfile
from pathlib import Path

import pytest

from local import ROOT
from tests.support.infra_templates import template
from token_rotator.contract import VERSION
from token_rotator_cli.__main__ import main


def tracked(*patterns: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", *patterns], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [ROOT / name for name in listed.stdout.split()]


def test_both_wheels_have_it(rotator_wheel: Path, reader_wheel: Path):
    for wheel in (rotator_wheel, reader_wheel):
        with zipfile.ZipFile(wheel) as packed:
            (name,) = (one for one in packed.namelist() if one.endswith("/METADATA"))
            assert f"\nVersion: {VERSION}\n" in packed.read(name).decode()


def test_the_command_tells_it(capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as ended:
        main(["--version"])

    assert ended.value.code == 0
    assert capsys.readouterr().out == f"token-rotator {VERSION}\n"


def test_a_deployed_stack_tells_it():
    assert template()["Description"].endswith(f"(token-rotator {VERSION})")


def test_no_other_source_spells_it():
    spelled = [
        str(file.relative_to(ROOT))
        for file in tracked("*pyproject.toml", "lambda_src/*.py", "infra/*.py", "cli/*.py")
        if re.search(rf"(?<![\w.]){re.escape(VERSION)}(?![\w.])", file.read_text(encoding="utf-8"))
    ]

    assert spelled == ["lambda_src/token_rotator/contract.py"]


def test_the_pages_and_examples_name_wheels_of_this_version():
    named = {
        (version, str(file.relative_to(ROOT)))
        for file in tracked("*.md", "examples/*")
        for version in re.findall(
            r"(?:token_rotator|intelligence_token_reader)-(\d[\w.]*)-py3-none-any",
            file.read_text(encoding="utf-8"),
        )
    }

    assert len(named) > 3
    assert {one for one in named if one[0] != VERSION} == set()


def test_the_pages_that_say_how_far_the_project_is_name_this_version():
    named = {
        str(file.relative_to(ROOT)): version
        for file in tracked("*.md")
        for version in re.findall(
            r"^\*\*(?:Status:|現状:)\*\* (?:version|バージョン) (\d+\.\d+\.\d+)",
            file.read_text(encoding="utf-8"),
            re.M,
        )
    }

    assert named == dict.fromkeys(("README.md", "README.ja.md", "docs/index.md"), VERSION)


def test_the_changelog_begins_with_what_is_not_released_and_then_with_it():
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")

    first, second, *_ = re.findall(r"^## \[(.+?)\](?: - \d{4}-\d\d-\d\d)?$", changelog, re.M)
    assert (first, second) == ("Unreleased", VERSION)
