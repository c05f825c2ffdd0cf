"""Runs a command that must not outlive whoever asked for it: tether.py DIRECTORY COMMAND...

The asker holds the other end of standard input. When it closes, because the asker is done or
because it was killed, the command and everything it started die, and the directory is removed.
Standard library only: it runs under `python -I -S`, which starts in a few milliseconds.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import threading
import time


def main(directory: str, command: list[str]) -> int:
    """The command's exit code; negative when a signal ended it."""
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)
    threading.Thread(target=_kill_at_end_of_input, args=(child.pid,), daemon=True).start()
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)  # the end of input is the one way to stop it
    code = child.wait()
    _kill_group(child.pid)
    if directory:
        _remove(directory)
    return code


def _remove(directory: str) -> None:
    for _ in range(20):  # another tether's command may write there until it is killed, too
        shutil.rmtree(directory, ignore_errors=True)
        if not os.path.exists(directory):  # noqa: PTH110 - pathlib takes longer to import
            return
        time.sleep(0.1)


def _kill_at_end_of_input(group: int) -> None:
    while os.read(0, 1024):
        pass
    _kill_group(group)


def _kill_group(group: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(abs(main(sys.argv[1], sys.argv[2:])))
