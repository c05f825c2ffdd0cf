"""Starting of a program through tether.py, so that it ends with this process in any case."""

import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, Self

TETHER: Final = Path(__file__).with_name("tether.py")
_START_SECONDS: Final = 120
"""The time that a server may take to start on a busy machine."""


class Tethered:
    """A running command with its children. They end with this object or with this process."""

    def __init__(
        self,
        command: Sequence[str | Path],
        *,
        environment: Mapping[str, str],
        output: Path,
        working_directory: Path,
        owned_directory: Path | None = None,
    ) -> None:
        """Starts the command.

        ``output`` is the file for both output streams. ``owned_directory`` is removed at the end.
        """
        self._output = output
        with output.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-S", TETHER, owned_directory or "", *command],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=dict(environment),
                cwd=working_directory,
                start_new_session=True,  # this process handles Ctrl-C in the terminal
            )

    def exit_code(self) -> int | None:
        """The exit code, or None while the command runs."""
        return self._process.poll()

    def wait_until_serving(self, url: str, *, trusted: Path | None = None) -> bool:
        """Waits until the URL returns 200. False if the command ends or two minutes have passed."""
        handlers: list[urllib.request.BaseHandler] = [urllib.request.ProxyHandler({})]
        if trusted:
            context = ssl.create_default_context(cafile=trusted)
            handlers.append(urllib.request.HTTPSHandler(context=context))
        opener = urllib.request.build_opener(*handlers)
        deadline = time.monotonic() + _START_SECONDS
        while self.exit_code() is None and time.monotonic() < deadline:
            if _is_serving(opener, url):
                return True
            time.sleep(0.05)
        return False

    def wait(self, timeout_seconds: float | None) -> int:
        """Waits for the exit code. Raises subprocess.TimeoutExpired while the command runs on."""
        return self._process.wait(timeout_seconds)

    def last_output(self, lines: int = 15) -> str:
        """The last lines of the output."""
        if not self._output.exists():
            return ""
        text = self._output.read_text(encoding="utf-8", errors="replace")
        return "\n".join(text.rstrip().splitlines()[-lines:])

    def stop(self) -> None:
        """Ends the command and its children. Has no effect after the command's end.

        It waits until the directory is removed, which can take minutes on a busy disk.
        """
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


def _is_serving(opener: urllib.request.OpenerDirector, url: str) -> bool:
    try:
        with opener.open(url, timeout=2) as response:
            return bool(response.status == 200)  # noqa: PLR2004
    except (OSError, urllib.error.URLError):
        return False
