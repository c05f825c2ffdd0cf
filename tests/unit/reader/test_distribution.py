"""The reader's wheel: it contains the library and depends on boto3 alone."""

import subprocess
import sys
import zipfile
from email.message import Message
from email.parser import Parser
from importlib.metadata import distribution
from importlib.util import find_spec
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from token_rotator_cdk import LAMBDA_SRC

PIP: list[str | Path] = [
    sys.executable,
    "-m",
    "pip",
    "--quiet",
    "--disable-pip-version-check",
    "--isolated",
]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("wheel")
    arguments: list[str | Path] = ["wheel", "--no-deps", "--no-index", "--no-build-isolation"]
    arguments += ["--wheel-dir", directory, LAMBDA_SRC]
    subprocess.run([*PIP, *arguments], check=True)
    (built,) = directory.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def metadata(wheel: Path) -> Message:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith("/METADATA"))
        return Parser().parsestr(archive.read(name).decode())


def test_it_depends_on_boto3_only(metadata: Message):
    wanted = [Requirement(line) for line in metadata.get_all("Requires-Dist", [])]

    assert [need.name for need in wanted if need.marker is None] == ["boto3"]
    assert {need.name for need in wanted if need.marker} == {"httpx", "requests"}
    assert set(metadata.get_all("Provides-Extra", [])) == {"httpx", "requests"}


def test_it_contains_the_typed_library_and_nothing_of_the_rotator(wheel: Path):
    with zipfile.ZipFile(wheel) as archive:
        packaged = {name for name in archive.namelist() if ".dist-info/" not in name}

    ours = (LAMBDA_SRC / "token_reader").iterdir()
    assert packaged == {f"token_reader/{path.name}" for path in ours if path.is_file()}
    assert "token_reader/py.typed" in packaged


def test_it_works_in_a_clean_interpreter_with_boto3_alone(wheel: Path, tmp_path: Path):
    packages = tmp_path / "packages"
    install: list[str | Path] = [
        "install",
        "--no-deps",
        "--no-index",
        "--no-compile",
        "--target",
        packages,
        wheel,
    ]
    subprocess.run([*PIP, *install], check=True)
    for name in _with_what_it_needs("boto3"):
        for module in _modules(name):
            (packages / module.name).symlink_to(module)
    script = f"""
import sys
sys.path.insert(0, {str(packages)!r})
from token_reader import AsyncTokenReader, TokenReader, TokenError
assert "boto3" not in sys.modules, "importing the reader is to cost little"
try:
    AsyncTokenReader(TokenReader("/a", lifetime=None))
    TokenReader("/a").get()
except TokenError as error:
    assert "AWS_DEFAULT_REGION" in str(error), error
for name in ("HttpxAuth", "RequestsAuth"):
    try:
        getattr(__import__("token_reader"), name)
    except ModuleNotFoundError as missing:
        print(missing.name)
"""

    answer = subprocess.run(
        [sys.executable, "-I", "-S", "-c", script],
        env={},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (answer.stderr, answer.stdout.split()) == ("", ["httpx", "requests"])


def _with_what_it_needs(name: str) -> set[str]:
    found, todo = set[str](), [name]
    while todo:
        if (name := todo.pop()) not in found:
            found.add(name)
            needs = map(Requirement, distribution(name).requires or [])
            todo += [need.name for need in needs if not need.marker or need.marker.evaluate()]
    return found


def _modules(name: str) -> list[Path]:
    listed = distribution(name).read_text("top_level.txt") or name
    modules = []
    for module in listed.split():
        spec = find_spec(module)
        assert spec is not None
        assert spec.origin is not None
        path = Path(spec.origin)
        modules.append(path.parent if path.name == "__init__.py" else path)
    return modules
