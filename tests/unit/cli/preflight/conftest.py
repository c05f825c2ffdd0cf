from pathlib import Path

import pytest

from tests.support.preflight_account import PreflightAccount


@pytest.fixture
def account() -> PreflightAccount:
    return PreflightAccount()


def written(directory: Path, text: str) -> Path:
    """A configuration file."""
    file = directory / "rotators.toml"
    file.write_text(text)
    return file
