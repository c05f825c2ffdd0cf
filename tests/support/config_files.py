"""A correct rotators.toml for tests."""

from pathlib import Path

GOOD = '[stack]\nname = "tokens"\n[rotators.marketing]\nparameter_name = "/marketing/token"\n'
TOPIC = "arn:aws:sns:eu-west-1:111122223333:alarms"


def written(path: Path, text: str) -> Path:
    path.write_text(text)
    return path
