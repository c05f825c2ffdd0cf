"""How is a program started so that it never stays behind? Through tether.py, whatever happens."""

import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, Self

TETHER: Final = Path(__file__).with_name("tether.py")
_STOPPING_SECONDS: Final = 60
"""Killing takes no time; removing what a long run of the local AWS unpacked may."""


class Tethered:
    """A running command and all its children; they end with this object or with this process."""

    def __init__(
        self,
        command: Sequence[str | Path],
        *,
        environment: Mapping[str, str],
        output: Path,
        working_directory: Path,
        owned_directory: Path | None = None,
    ) -> None:
        """Starts it. ``output`` receives both streams; ``owned_directory`` is removed with it."""
        self._output = output
        with output.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-S", TETHER, owned_directory or "", *command],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=dict(environment),
                cwd=working_directory,
                start_new_session=True,  # Ctrl-C in the terminal is for us to handle
            )

    def exit_code(self) -> int | None:
        """None while it runs."""
        return self._process.poll()

    def wait(self, timeout_seconds: float | None) -> int:
        """Its exit code. Raises subprocess.TimeoutExpired; it runs on then."""
        return self._process.wait(timeout_seconds)

    def last_words(self, lines: int = 15) -> str:
        """The end of what it printed."""
        if not self._output.exists():
            return ""
        text = self._output.read_text(encoding="utf-8", errors="replace")
        return "\n".join(text.rstrip().splitlines()[-lines:])

    def stop(self) -> None:
        """Ends it and everything it started; harmless when it has ended."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._process.wait(_STOPPING_SECONDS)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
