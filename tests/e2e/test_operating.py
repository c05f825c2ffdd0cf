"""The operators' command in its own process, on the deployed system."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.runbook import Section, Shell
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
        done = self._run(command, *options, stdin=stdin)
        return done.returncode, done.stdout + done.stderr

    def _run(
        self, command: str, *options: str, stdin: str = ""
    ) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [COMMAND, command, *options, "--stack", self._system.stack_name],
            env=self._environment,
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
            timeout=150,
        )

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
        done = self._run(command, "--json")
        assert done.stderr.startswith("Account "), done.stderr
        return done.returncode, json.loads(done.stdout)


@pytest.fixture
def operator(system: System) -> Operator:
    return Operator(system)


def test_status_shows_the_version_that_rotate_has_published(
    operator: Operator, system: System
) -> None:
    before = system.parameter()["Version"]

    rotated, said = operator.types("rotate")
    code, answer = eventually(
        lambda: found if (found := operator.asks("status"))[1]["rotated_by"] else None,
        what="the log has the rotation",
    )

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


def test_a_leaked_key_is_not_used_again_and_a_stored_key_that_is_refused_is_told(
    operator: Operator, system: System, shell: Shell, tmp_path: Path
) -> None:
    new = system.generate()
    file = tmp_path / "downloaded.txt"
    file.write_text(new.as_downloaded(), encoding="utf-8")

    done = shell.run(
        Section.all()["The key has leaked"].commands,
        {"FILE": str(file)},
        system.aws.client_environment(),
    )
    system.account = new

    assert done.returncode == 0
    assert "is no longer AWSPREVIOUS" in done.stdout
    described = system.aws.client("secretsmanager").describe_secret(
        SecretId=system.rotator.secret_arn
    )
    labels = [label for labels in described["VersionIdsToStages"].values() for label in labels]
    assert labels == ["AWSCURRENT"]

    system.idp.reject(new)
    failed = system.rotation(lambda entry: entry.outcome == "failed", what="a refused rotation")
    assert (failed.token_requests, failed.previous_key_used) == (1, False)

    code, said = operator.types("upload", "-", stdin=new.as_downloaded())

    assert code == 1, said
    assert "Nothing was stored" in said
    assert "The function cannot use it. TokenRequestRefused" in said


def test_the_live_check_runs_the_checks_that_a_local_aws_supports(operator: Operator) -> None:
    with operator.live_check("--json") as running:
        said, planned = running.communicate(timeout=60)

    answer = json.loads(said)
    results = {step["step"]: step["result"] for step in answer["steps"]}
    assert (running.returncode, answer["wrong"]) == (0, [])
    assert {name for name in results if results[name] == "ok"} >= {"function", "log", "pauses"}
    assert {name for name in results if results[name] == "skipped"} == {
        "delivery",
        "expiry",
        "secret_access",
    }
    assert answer["stack"] == "intelligence-tokens-local"
    assert planned.splitlines()[1:] == ["Read-only, for about a minute."]


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
