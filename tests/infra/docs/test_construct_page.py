"""The page about the construct: its code synthesizes, and it names every argument and attribute."""

import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest

from local import ROOT
from tests.support.headings import dead_links
from token_rotator_cdk import TokenRotator

PAGE = ROOT / "docs" / "construct.md"
TEXT = PAGE.read_text(encoding="utf-8")
WITHOUT_A_BUNDLE = """

from aws_cdk import aws_lambda
from token_rotator_cdk.constructs import token_rotator
token_rotator.function_code = lambda *_: aws_lambda.Code.from_inline("stub")
"""


def test_the_code_synthesizes(tmp_path: Path):
    (code,) = re.findall(r"```python\n(.*?)```", TEXT, re.S)

    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_A_BUNDLE + code],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr


def test_every_argument_has_its_row():
    parameters = {*inspect.signature(TokenRotator.__init__).parameters}
    arguments = TEXT.split("## Arguments")[1].split("## What it exposes")[0]
    named = set(
        re.findall(r"`([a-z0-9_]+)`", "".join(re.findall(r"^\| (.*?) \|", arguments, re.M)))
    )

    assert named == parameters - {"self", "scope", "construct_id", "code"}


def test_every_link_leads_somewhere():
    assert dead_links(PAGE) == []


@pytest.mark.parametrize("name", re.findall(r"^\| `(\w+)", TEXT.split("exposes")[1], re.M))
def test_what_is_exposed_is_there(name: str):
    source = inspect.getsource(TokenRotator)

    assert f"def {name}(" in source or f"self.{name}" in source
