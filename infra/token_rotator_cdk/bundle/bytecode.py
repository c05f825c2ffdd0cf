"""Compiles the bundle to bytecode if the function's Python version is installed.

With bytecode, cold starts are faster. Bytecode works on any processor, but only in one Python
version. Without it, the bundle works and starts more slowly:
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

LAMBDA_TASK_ROOT: Final = "/var/task"
"""Lambda's directory for the bundle. Bytecode stores the source path for tracebacks."""

_PRINT_VERSION: Final = (
    "import platform; print(platform.python_implementation(), platform.python_version())"
)


@dataclass(frozen=True, slots=True)
class Compiler:
    """A Python interpreter that compiles bytecode."""

    executable: str
    version: str
    """Includes the patch release: another one may produce different bytecode."""

    def compile(self, directory: Path) -> None:
        """Adds reproducible bytecode for every source file.

        The bytecode is unchecked (PEP 552): an import does not compare it with the timestamp or
        hash of the source, because source files in a bundle never change.
        """
        subprocess.run(  # noqa: S603 - our own arguments
            [
                *(self.executable, "-I", "-m", "compileall", "-q", "-f", "--workers=1"),
                *(
                    "--invalidation-mode=unchecked-hash",
                    f"-s{directory}",
                    f"-p{LAMBDA_TASK_ROOT}",
                    directory,
                ),
            ],
            check=True,
            env={"PYTHONHASHSEED": "0"},
        )


@functools.cache
def compiler(version: str) -> Compiler | None:
    """Finds a CPython such as ``3.13``: this one, ``$PYTHON313``, or ``python3.13``."""
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
        output = subprocess.run(  # noqa: S603 - a Python of the user
            [executable, "-I", "-c", _PRINT_VERSION], capture_output=True, text=True, check=True
        ).stdout.split()
    except (OSError, subprocess.CalledProcessError):  # for example, a pyenv shim without a version
        return "", ""
    return (output[0], output[1]) if len(output) == 2 else ("", "")  # noqa: PLR2004
