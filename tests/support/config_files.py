"""A correct rotators.toml for tests."""

from pathlib import Path

import pytest

from token_rotator_cdk.config.issues import ConfigurationIssues
from token_rotator_cdk.config.load import load

GOOD = '[stack]\nname = "tokens"\n[rotators.marketing]\nparameter_name = "/marketing/token"\n'
TOPIC = "arn:aws:sns:eu-west-1:111122223333:alarms"


def written(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


def issues(directory: Path, text: str) -> str:
    with pytest.raises(ConfigurationIssues) as caught:
        load(written(directory / "rotators.toml", text))
    return str(caught.value)
