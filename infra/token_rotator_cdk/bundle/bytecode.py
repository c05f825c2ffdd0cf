"""Who compiles a bundle? A Python of the function's version, where this machine has one.

Byte code spares each cold start the compiler, but only the very version of Python it is for reads
it; it does not depend on the processor. Without one, the bundle works and starts slower:
docs/decisions/0014-a-small-and-quick-bundle.md. Standard library only.
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
"""Where Lambda puts a bundle: byte code says where its source is, for tracebacks."""

_ASK: Final = "import platform; print(platform.python_implementation(), platform.python_version())"


@dataclass(frozen=True, slots=True)
class Compiler:
    """An interpreter that was asked what it is."""

    executable: str
    version: str
    """To the last digit: another patch release may compile to other bytes."""

    def compile(self, directory: Path) -> None:
        """Adds byte code for every source file; the same bytes every time.

        Unchecked: nobody changes a source file in a bundle, and neither time stamps (CDK packs
        every file with the same one) nor a hash of the source are looked at when it is imported
        (PEP 552).
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
    """A CPython ``3.13``: this one, ``$PYTHON313``, or ``python3.13`` on the path."""
    for executable in _candidates(version):
        implementation, full = _asked(executable)
        if implementation == "CPython" and full.rpartition(".")[0] == version:
            return Compiler(executable, full)
    return None


def _candidates(version: str) -> Iterator[str]:
    yield sys.executable
    if named := os.environ.get(f"PYTHON{version.replace('.', '')}"):
        yield named
    if found := shutil.which(f"python{version}"):
        yield found


def _asked(executable: str) -> tuple[str, str]:
    try:
        answer = subprocess.run(  # noqa: S603 - it is to be run anyway
            [executable, "-I", "-c", _ASK], capture_output=True, text=True, check=True
        ).stdout.split()
    except (OSError, subprocess.CalledProcessError):  # a launcher that launches nothing
        return "", ""
    return (answer[0], answer[1]) if len(answer) == 2 else ("", "")  # noqa: PLR2004
