"""The measured functions, unpacked like in Lambda, in build/bench."""

import functools
import os
import platform
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from local import ROOT
from token_rotator.contract import HANDLER
from token_rotator_cdk.bundle.build import function_bundle
from token_rotator_cdk.bundle.bytecode import Compiler, compiler
from token_rotator_cdk.bundle.targets import LAMBDA, Target

HERE: Final = Path(__file__).parent
PLACE: Final = ROOT / "build" / "bench"
AS_CDK_PACKS: Final = 315532800
"""1980-01-01, the date of every file in an asset. It makes bytecode with timestamps stale."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contestant:
    """A function: its directory, additional directories on the path, and its event."""

    directory: Path
    handler: str = "obvious.handle"
    besides: tuple[Path, ...] = ()
    event: bytes = b"{}"

    def zipped_megabytes(self) -> float:
        """The size of the deflated archive that the CDK uploads."""
        archive = self.directory.with_suffix(".zip")
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
            for path in sorted(self.directory.rglob("*")):
                packed.write(path, path.relative_to(self.directory))
        return archive.stat().st_size / 1e6


@functools.cache
def python() -> Compiler:
    """Lambda's Python version if installed, or else the running Python."""
    return compiler(LAMBDA.python) or Compiler(sys.executable, platform.python_version())


def which_python() -> str:
    """The Python version, for the caption of a table."""
    other = "" if python().version.startswith(LAMBDA.python) else f", not Lambda's {LAMBDA.python}"
    return f"Python {python().version}{other}"


@functools.cache
def environment(name: str) -> Path:
    """The interpreter of a separate virtual environment with the pinned packages."""
    place = PLACE / f"{name}-{python().version}"
    pins = HERE / "requirements" / f"{name}.txt"
    stamp = place / "installed"
    if not stamp.is_file() or stamp.read_text() != pins.read_text():
        shutil.rmtree(place, ignore_errors=True)
        _run(python().executable, "-m", "venv", place)
        _run(place / "bin" / "python", *_INSTALL, "-r", pins)
        stamp.write_text(pins.read_text())
    return place / "bin" / "python"


@functools.cache
def contestants() -> Mapping[str, Contestant]:
    """All functions by name, ready to be started."""
    minor = python().version.rpartition(".")[0]
    ours = _empty("ours")
    bundle = function_bundle(
        Target(
            name=f"bench-{sys.platform}-{platform.machine()}-cp{minor}",
            python=minor,
            pip_arguments=(
                "--only-binary=:all:",
                "--implementation=cp",
                f"--python-version={minor}",
            ),
        )
    )
    shutil.unpack_archive(bundle.file, ours)
    uncompiled = _copy(ours, "ours-uncompiled", ignore="__pycache__")
    obvious = _obvious()
    compiled = _copy(obvious, "obvious-compiled", ignore="__pycache__")
    python().compile(compiled)
    floor = _empty("floor")
    shutil.copy(HERE / "functions" / "floor.py", floor)
    python().compile(floor)
    return {
        "ours": Contestant(directory=ours, handler=HANDLER),
        "ours, no bytecode": Contestant(directory=uncompiled, handler=HANDLER),
        "the obvious function": Contestant(directory=obvious),
        "the obvious function, bytecode valid": Contestant(directory=compiled),
        "floor, three calls": Contestant(directory=floor, handler="floor.handle", besides=(ours,)),
        "floor, our calls": Contestant(
            directory=floor, handler="floor.handle", besides=(ours,), event=b'{"looks": true}'
        ),
    }


def _obvious() -> Path:
    """The obvious function, installed by pip. The CDK's dates make its bytecode stale."""
    place = _empty("obvious")
    pins = HERE / "requirements" / "obvious.txt"
    _run(python().executable, *_INSTALL, "-r", pins, "--target", place)
    shutil.copy(HERE / "functions" / "obvious.py", place)
    for path in place.rglob("*.py"):
        os.utime(path, (AS_CDK_PACKS, AS_CDK_PACKS))
    return place


def _empty(name: str) -> Path:
    place = PLACE / name
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    return place


def _copy(source: Path, name: str, *, ignore: str) -> Path:
    place = PLACE / name
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(source, place, ignore=shutil.ignore_patterns(ignore))
    return place


_INSTALL: Final = (
    "-m",
    "pip",
    "--quiet",
    "--disable-pip-version-check",
    "install",
    "--require-hashes",
)


def _run(*command: str | Path) -> None:
    subprocess.run([*map(str, command)], check=True)
