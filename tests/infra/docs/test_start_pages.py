"""The start pages: their files load."""

import re
from pathlib import Path

import pytest

from local import ROOT
from tests.support.config_files import written
from token_rotator_cdk.config.load import load

TEXT = (ROOT / "docs" / "start" / "deploy.md").read_text(encoding="utf-8")
FILES = re.findall(r"(?s)```toml\n(.*?)```", TEXT)


@pytest.mark.parametrize("file", FILES)
def test_a_file_of_the_page_is_accepted(file: str, tmp_path: Path):
    loaded = load(written(tmp_path / "rotators.toml", file))

    assert [*loaded.rotators] in (["marketing"], ["marketing", "sales"])


def test_the_page_shows_a_small_file_and_one_with_a_vpc_and_a_key():
    assert len(FILES) == 2
