"""`make run` (`python -m local`): output, exit codes, and cleanup of processes, ports and files."""

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from local import ROOT
from local.process.ports import LOOPBACK, claim
from tests.support.system import eventually

SECONDS = 240
"""More than any of this takes on a machine that is busy with something else."""


@dataclass(frozen=True, kw_only=True)
class Command:
    """One run with its own ports and temporary directory."""

    process: subprocess.Popen[str]
    output: Path
    ports: tuple[int, ...]
    temporary: Path

    def says(self, text: str) -> str:
        """Waits for a line with the text and returns it."""

        def find() -> str | None:
            lines = self.output.read_text().splitlines()
            return next((line for line in lines if text in line), None)

        return eventually(find, what=text)

    def receive(self, number: signal.Signals) -> None:
        """Sends a signal. Like a terminal, sends SIGINT and SIGHUP to the process group."""
        if number in {signal.SIGINT, signal.SIGHUP}:
            os.killpg(self.process.pid, number)
        else:
            self.process.send_signal(number)

    def leaves_nothing(self) -> None:
        """Checks that no process, no used port and no file is left."""

        def find() -> bool | None:
            return True if not self.processes() and not any(self.temporary.iterdir()) else None

        eventually(find, what=f"the end of {self.processes()}")
        assert [claim(port) for port in self.ports] == list(self.ports)

    def processes(self) -> list[str]:
        """Started processes: they have this run's TMPDIR in their environment."""
        listed = subprocess.run(
            ["ps", "axeww", "-o", "command"], capture_output=True, text=True, check=True
        )
        return [line for line in listed.stdout.splitlines() if str(self.temporary) in line]


@contextmanager
def command(directory: Path, *arguments: str, **settings: str) -> Iterator[Command]:
    temporary = directory / "tmp"
    temporary.mkdir()
    aws_port, idp_port, page_port = claim(0), claim(0), claim(0)
    environment = {
        **os.environ,
        "TMPDIR": str(temporary),
        "LOCAL_AWS_PORT": str(aws_port),
        "IDENTITY_PROVIDER_PORT": str(idp_port),
        "LIVE_PAGE_PORT": str(page_port),
        # a developer's own settings must have no effect
        "AWS_PROFILE": "a-profile-that-does-not-exist",
        "AWS_ENDPOINT_URL_SSM": "http://127.0.0.1:9",
        **settings,
    }
    output = directory / "output"
    with (
        output.open("w") as log,
        subprocess.Popen(
            [sys.executable, "-u", "-m", "local", *arguments],
            cwd=ROOT,
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,  # its own process group, as in a terminal
        ) as process,
    ):
        try:
            yield Command(
                process=process,
                output=output,
                ports=(aws_port, idp_port, page_port),
                temporary=temporary,
            )
        finally:
            process.kill()


def test_once_ends_when_a_consumer_has_used_a_token(tmp_path: Path) -> None:
    with command(tmp_path, "--once") as run:
        code = run.process.wait(SECONDS)

        assert code == 0, run.output.read_text()
        said = run.output.read_text().splitlines()[-1]
        assert said.startswith("A consumer read /intelligence/demo/access-token (version ")
        assert said.endswith(" seconds after the start.")
        run.leaves_nothing()


def test_without_a_terminal_it_prints_a_line_for_each_change_until_ctrl_c(tmp_path: Path) -> None:
    with command(tmp_path) as run:
        page = run.says("In a browser").rpartition(" ")[2]
        line = run.says(": published, version ")
        with urllib.request.urlopen(f"{page}/state", timeout=SECONDS) as answer:
            shown = json.load(answer)
        run.receive(signal.SIGINT)
        code = run.process.wait(SECONDS)

        assert "token " in line
        assert shown["parameter_name"] == "/intelligence/demo/access-token"
        assert "RefreshFailing" in [alarm["name"] for alarm in shown["alarms"]]
        assert code == 0
        assert "Traceback" not in run.output.read_text()
        run.leaves_nothing()


@pytest.mark.parametrize(
    ("step", "at_work", "number", "code"),
    [
        ("cdk bootstrap, cdk synth", 9, signal.SIGINT, 130),
        ("cdk bootstrap, cdk synth", 9, signal.SIGHUP, 129),
        ("cdk deploy", 7, signal.SIGTERM, 143),
        ("cdk deploy", 7, signal.SIGKILL, -signal.SIGKILL),
    ],
)
def test_a_run_that_is_stopped_during_deployment_leaves_nothing_behind(
    tmp_path: Path, step: str, at_work: int, number: signal.Signals, code: int
) -> None:
    """``at_work`` counts the run, AWS, its proxy, the CDK's commands, and a tether for each."""
    with command(tmp_path) as run:
        run.says(step)
        eventually(
            lambda: True if len(run.processes()) >= at_work else None,
            what=f"{at_work} processes at work",
        )

        run.receive(number)

        assert run.process.wait(SECONDS) == code
        assert "Traceback" not in run.output.read_text()
        run.leaves_nothing()


@pytest.mark.parametrize("setting", ["LOCAL_AWS_PORT", "IDENTITY_PROVIDER_PORT", "LIVE_PAGE_PORT"])
def test_a_port_in_use_is_reported_in_one_sentence(tmp_path: Path, setting: str) -> None:
    with socket.create_server((LOOPBACK, 0)) as taken:
        port = taken.getsockname()[1]
        with command(tmp_path, **{setting: str(port)}) as run:
            assert run.process.wait(SECONDS) == 1
            (*_, said) = run.output.read_text().splitlines()
            assert not any(run.temporary.iterdir())

    assert said.startswith(f"Port {port}, ")
    assert said.endswith(f"is in use; choose another one: {setting}={port + 1} make run")
    assert "Traceback" not in run.output.read_text()


def test_an_invalid_port_is_reported_in_one_sentence(tmp_path: Path) -> None:
    with command(tmp_path, LOCAL_AWS_PORT="http") as run:
        assert run.process.wait(SECONDS) == 1

    assert run.output.read_text() == (
        "LOCAL_AWS_PORT=http is not a port: set a number from 0 to 65535.\n"
    )
