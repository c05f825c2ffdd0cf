"""Tethered processes end with their starter, even if it is killed."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from local import ROOT
from local.process.tethered import Tethered

COMMAND_WITH_A_CHILD = """\
import os, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
open("unfinished", "w").write(f"{os.getpid()} {child.pid}")
os.replace("unfinished", "pids")
time.sleep(float(sys.argv[1]))
"""

STARTER = """\
import sys, time
from pathlib import Path
from tests.unit.local.test_processes import COMMAND_WITH_A_CHILD, tethered
kept = tethered(Path(sys.argv[1]), "-c", COMMAND_WITH_A_CHILD, "600")
time.sleep(600)
"""


def tethered(directory: Path, *command: str) -> Tethered:
    owned = directory / "owned"
    owned.mkdir()
    return Tethered(
        [sys.executable, *command],
        environment={"PATH": os.environ["PATH"]},
        output=owned / "log",
        working_directory=owned,
        owned_directory=owned,
    )


def running(pid: int) -> bool:
    listed = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return listed.stdout.strip()[:1] not in ("", "Z")  # Z: ended, not yet reaped


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if condition():
            return
        time.sleep(0.05)
    pytest.fail("it did not happen within a minute")


def pids_in(directory: Path) -> list[int]:
    until((directory / "owned" / "pids").exists)
    return [int(pid) for pid in (directory / "owned" / "pids").read_text().split()]


def test_stopping_ends_the_command_and_its_children_and_removes_the_directory(
    tmp_path: Path,
) -> None:
    command = tethered(tmp_path, "-c", COMMAND_WITH_A_CHILD, "600")
    pids = pids_in(tmp_path)
    assert all(map(running, pids))

    command.stop()

    until(lambda: not any(map(running, pids)))
    assert not (tmp_path / "owned").exists()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_killed_starter_leaves_no_process_and_no_directory(
    tmp_path: Path, number: signal.Signals
) -> None:
    starter = subprocess.Popen([sys.executable, "-c", STARTER, str(tmp_path)], cwd=ROOT)
    pids = pids_in(tmp_path)

    starter.send_signal(number)
    starter.wait(60)

    until(lambda: not any(map(running, pids)))
    until(lambda: not (tmp_path / "owned").exists())


def test_a_command_that_ends_by_itself_ends_its_children(tmp_path: Path) -> None:
    with tethered(tmp_path, "-c", COMMAND_WITH_A_CHILD, "1") as command:
        pids = pids_in(tmp_path)

        assert command.wait(60) == 0

        until(lambda: not any(map(running, pids)))
    assert not (tmp_path / "owned").exists()


def test_the_exit_code_and_the_last_output_are_the_commands(tmp_path: Path) -> None:
    with Tethered(
        [sys.executable, "-c", "print('one\\ntwo\\nthree'); raise SystemExit(3)"],
        environment={},
        output=tmp_path / "log",
        working_directory=tmp_path,
    ) as command:
        assert command.wait(60) == 3
        assert command.exit_code() == 3
        assert command.last_output(lines=2) == "two\nthree"
