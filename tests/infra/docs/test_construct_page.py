"""The page about the construct names every argument and attribute."""

import inspect
import re

import pytest

from local import ROOT
from token_rotator_cdk import TokenRotator

PAGE = ROOT / "docs" / "deploy" / "construct.md"
TEXT = PAGE.read_text(encoding="utf-8")
EXPOSED = "## Attributes and methods"


def test_every_argument_has_its_row():
    parameters = {*inspect.signature(TokenRotator.__init__).parameters}
    arguments = TEXT.split("## Arguments")[1].split(EXPOSED)[0]
    named = set(
        re.findall(r"`([a-z0-9_]+)`", "".join(re.findall(r"^\| (.*?) \|", arguments, re.M)))
    )

    assert named == parameters - {"self", "scope", "construct_id", "code"}


@pytest.mark.parametrize("name", re.findall(r"^\| `(\w+)", TEXT.split(EXPOSED)[1], re.M))
def test_what_is_exposed_is_there(name: str):
    source = inspect.getsource(TokenRotator)

    assert f"def {name}(" in source or f"self.{name}" in source
