"""Bytecode for the bundle, compiled by a Python of the function's version if there is one.

With bytecode, cold starts do not compile. It works in one version of Python only and on every
processor. Without a Python of that version, the bundle works and starts slower:
docs/understand/decisions/0014-a-small-and-quick-bundle.md.
"""

import functools
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

PLACE: Final = "/var/task"
"""Where Lambda unpacks a bundle. Bytecode holds the path of its source, for tracebacks."""

_ASK: Final = "import platform; print(platform.python_implementation(), platform.python_version())"


@dataclass(frozen=True, slots=True)
class Compiler:
    """An interpreter whose implementation and version are known."""

    executable: str
    version: str
    """With the patch release, because another one may compile to other bytes."""

    def compile(self, directory: Path) -> None:
        """Adds bytecode for every source file, the same bytes every time.

        The bytecode is unchecked (PEP 552): an import compares neither the time stamp of the
        source, which is the same for every file of the zip, nor its hash. Nobody changes a source
        file in a bundle.
        """
        subprocess.run(  # noqa: S603 - our own arguments
            [
                *(self.executable, "-I", "-m", "compileall", "-q", "-f", "--workers=1"),
                *("--invalidation-mode=unchecked-hash", f"-s{directory}", f"-p{PLACE}", directory),
            ],
            check=True,
            env={"PYTHONHASHSEED": "0"},
        )


@functools.cache
def compiler(version: str) -> Compiler | None:
    """A CPython of a version such as ``3.13``: this one, ``$PYTHON313``, or ``python3.13``."""
    for executable in _candidates(version):
        implementation, full = _version_of(executable)
        if implementation == "CPython" and full.rpartition(".")[0] == version:
            return Compiler(executable, full)
    return None


def _candidates(version: str) -> Iterator[str]:
    yield sys.executable
    if named := os.environ.get(f"PYTHON{version.replace('.', '')}"):
        yield named
    if found := shutil.which(f"python{version}"):
        yield found


def _version_of(executable: str) -> tuple[str, str]:
    try:
        answer = subprocess.run(  # noqa: S603 - a Python of the user
            [executable, "-I", "-c", _ASK], capture_output=True, text=True, check=True
        ).stdout.split()
    except (OSError, subprocess.CalledProcessError):  # for instance a pyenv shim without a version
        return "", ""
    return (answer[0], answer[1]) if len(answer) == 2 else ("", "")  # noqa: PLR2004
