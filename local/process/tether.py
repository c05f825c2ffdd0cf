"""Runs a command that ends with the process that started it: tether.py DIRECTORY COMMAND...

The starting process holds the other end of standard input. When that end closes, because the
process is done or was killed, the command and its child processes are killed and the directory is
removed. It uses the standard library only, because it runs under `python -I -S`, which starts in a
few milliseconds.
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
    """Runs the command and returns its exit code, which is negative after a signal."""
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)
    threading.Thread(target=_kill_at_end_of_input, args=(child.pid,), daemon=True).start()
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)  # only the end of input stops the command
    code = child.wait()
    _kill_group(child.pid)
    if directory:
        _remove(directory)
    return code


def _remove(directory: str) -> None:
    for _ in range(20):  # the command of another tether may write there until it is killed
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
