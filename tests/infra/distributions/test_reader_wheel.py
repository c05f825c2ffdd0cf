"""The reader's wheel: it contains the library, depends on boto3 alone and works by itself."""

import subprocess
import zipfile
from email.message import Message
from email.parser import Parser
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from local import ROOT
from tests.infra.distributions.conftest import build
from token_rotator_cdk.bundle.sources import INSTALLED

USE = """
import sys
from token_reader import AsyncTokenReader, TokenReader, TokenError
assert "boto3" not in sys.modules, "importing the reader is to cost little"
import boto3
try:
    AsyncTokenReader(TokenReader("/a", lifetime=None))
    TokenReader("/a").get()
except TokenError as error:
    assert "AWS_DEFAULT_REGION" in str(error), error
for module, name in (("token_reader", "HttpxAuth"), ("token_reader", "RequestsAuth")):
    try:
        getattr(__import__(module), name)
    except ModuleNotFoundError as missing:
        print(missing.name)
for module in ("token_rotator", "token_rotator_cdk", "token_rotator_cli"):
    try:
        __import__(module)
    except ModuleNotFoundError as missing:
        print(missing.name)
"""


@pytest.fixture(scope="module")
def metadata(reader_wheel: Path) -> Message:
    with zipfile.ZipFile(reader_wheel) as packed:
        (name,) = (name for name in packed.namelist() if name.endswith("/METADATA"))
        return Parser().parsestr(packed.read(name).decode())


def test_it_depends_on_boto3_only(metadata: Message):
    wanted = [Requirement(line) for line in metadata.get_all("Requires-Dist", [])]

    assert [need.name for need in wanted if need.marker is None] == ["boto3"]
    assert {need.name for need in wanted if need.marker} == {"httpx", "requests"}
    assert set(metadata.get_all("Provides-Extra", [])) == {"httpx", "requests"}


def test_it_contains_the_typed_library_and_nothing_of_the_rotator(reader_wheel: Path):
    with zipfile.ZipFile(reader_wheel) as packed:
        packaged = {name for name in packed.namelist() if ".dist-info/" not in name}

    library = {path for path in INSTALLED.reader.iterdir() if path.is_file()}
    assert packaged == {f"token_reader/{path.name}" for path in library}
    assert "token_reader/py.typed" in packaged


def test_the_page_about_python_installs_this_file(reader_wheel: Path):
    page = (ROOT / "docs" / "consume" / "python.md").read_text(encoding="utf-8")

    assert f"pip install dist/{reader_wheel.name}\n" in page
    assert f'"dist/{reader_wheel.name}[httpx]"' in page


def test_a_second_build_is_the_same_bytes(reader_wheel: Path, tmp_path: Path):
    assert build(ROOT / "lambda_src", tmp_path).read_bytes() == reader_wheel.read_bytes()


def test_it_works_in_an_environment_with_boto3_and_nothing_of_the_rotator(
    with_reader: Path, tmp_path: Path
):
    answer = subprocess.run(
        [with_reader, "-I", "-c", USE],
        env={},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert answer.stderr == ""
    assert answer.stdout.split() == [
        *("httpx", "requests"),
        *("token_rotator", "token_rotator_cdk", "token_rotator_cli"),
    ]
