"""The operators' command in its own process, on the deployed system."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.system import CONFIG, System, eventually

COMMAND = Path(sys.executable).with_name("token-rotator")


class Operator:
    """An operator with a shell and credentials."""

    def __init__(self, system: System) -> None:
        self._system = system
        self._environment = {
            **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
            **system.aws.client_environment(),
        }

    def types(self, command: str, *options: str, stdin: str = "") -> tuple[int, str]:
        """Runs the command and returns its exit code and its output."""
        done = subprocess.run(
            [COMMAND, command, *options, "--stack", self._system.stack_name],
            env=self._environment,
            input=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=150,
        )
        return done.returncode, done.stdout

    def live_check(self, *options: str) -> "subprocess.Popen[str]":
        """Starts `token-rotator live-check`."""
        return subprocess.Popen(
            [COMMAND, "live-check", *options, "--config", CONFIG],
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def asks(self, command: str) -> tuple[int, dict[str, Any]]:
        """Runs the command with ``--json`` and returns its exit code and its answer."""
        code, said = self.types(command, "--json")
        return code, json.loads(said)


@pytest.fixture
def operator(system: System) -> Operator:
    return Operator(system)


def test_status_shows_the_version_that_rotate_has_published(
    operator: Operator, system: System
) -> None:
    before = system.parameter()["Version"]

    rotated, said = operator.types("rotate")
    code, answer = operator.asks("status")

    assert (rotated, code) == (0, 0), said
    assert said.startswith("published: version ")
    assert before < answer["version"] <= system.parameter()["Version"]
    assert answer["parameter"] == system.rotator.parameter_name
    assert answer["rotated_by"] in ("manual", "schedule"), "the schedule may have come in between"
    assert answer["last_error"] is None


def test_an_uploaded_key_takes_effect(operator: Operator, system: System) -> None:
    new = system.generate()

    code, said = operator.types("upload", "-", stdin=new.as_downloaded())
    system.account = new

    assert code == 0, said
    assert "that used it" in said
    assert system.idp.token_requests[-1].key == new.key_fingerprint
    assert system.consumer().use().worked
    assert not any(line in said for line in new.private_key_pem.splitlines()[1:-1])


def test_the_live_check_runs_the_checks_that_a_local_aws_supports(operator: Operator) -> None:
    with operator.live_check("--json") as running:
        said, planned = running.communicate(timeout=60)

    answer = json.loads(said)
    results = {step["step"]: step["result"] for step in answer["steps"]}
    assert (running.returncode, answer["wrong"]) == (0, [])
    assert {name for name in results if results[name] == "ok"} >= {"function", "log", "pauses"}
    assert {name for name in results if results[name] == "skipped"} == {"delivery", "expiry"}
    assert planned == "Reads only, for about a minute.\n"


def test_an_interrupted_live_check_deletes_the_parameter_that_it_created(
    operator: Operator, system: System
) -> None:
    def planted() -> list[str]:
        answer = system.aws.client("ssm").get_parameters_by_path(Path="/", Recursive=True)
        names = [one["Name"] for one in answer["Parameters"]]
        return [name for name in names if name.startswith(f"{system.rotator.parameter_name}-")]

    with operator.live_check("--expire", "5") as running:
        (name,) = eventually(lambda: planted() or None, what="the parameter")
        running.send_signal(signal.SIGINT)
        _, told = running.communicate(timeout=20)

    assert running.returncode == 130
    assert f"Will create {name}," in told
    assert planted() == []
