"""The wheels that `make dist` builds, each installed into a virtual environment of its own."""

import subprocess
import sys
from pathlib import Path

import pytest

from local import ROOT


def build(project: Path, directory: Path) -> Path:
    """The wheel of a project, as `make dist` builds it."""
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory"]
    subprocess.run([*command, directory], cwd=project, check=True, capture_output=True)
    (wheel,) = directory.glob("*.whl")
    return wheel


def install(wheel: Path, directory: Path) -> Path:
    """The interpreter of a new environment with this wheel, and with what it depends on."""
    uv = (sys.executable, ROOT / "local" / "setup" / "uv.py")
    subprocess.run([*uv, "venv", "--quiet", "--python", sys.executable, directory], check=True)
    python = directory / "bin" / "python"
    subprocess.run(
        [
            *(*uv, "pip", "install", "--quiet", "--python", python),
            # the versions that everything else is tested with
            *("--constraint", ROOT / "requirements.txt", wheel),
        ],
        check=True,
    )
    return python


@pytest.fixture(scope="session")
def reader_wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(ROOT / "lambda_src", tmp_path_factory.mktemp("reader-wheel"))


@pytest.fixture(scope="session")
def rotator_wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(ROOT, tmp_path_factory.mktemp("rotator-wheel"))


@pytest.fixture(scope="session")
def with_reader(reader_wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return install(reader_wheel, tmp_path_factory.mktemp("with-reader") / "venv")


@pytest.fixture(scope="session")
def with_rotator(rotator_wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return install(rotator_wheel, tmp_path_factory.mktemp("with-rotator") / "venv")
