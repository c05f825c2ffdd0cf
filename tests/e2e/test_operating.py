"""The operators' command, as a process of its own, on the deployed system."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from local.emulator import ROOT
from tests.support.system import System


class Operator:
    """Somebody at a shell with credentials."""

    def __init__(self, system: System) -> None:
        self._system = system
        self._environment = {
            **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
            **system.aws.client_environment(),
            "PYTHONPATH": str(ROOT / "lambda_src"),
        }

    def types(self, command: str, *options: str, stdin: str = "") -> tuple[int, str]:
        """The exit code and everything that is on the screen then."""
        done = subprocess.run(
            [
                *(sys.executable, "-m", "token_rotator", command),
                *("--stack", self._system.stack_name, *options),
            ],
            env=self._environment,
            input=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=150,
        )
        return done.returncode, done.stdout

    def asks(self, command: str) -> tuple[int, dict[str, Any]]:
        """The same for a program."""
        code, said = self.types(command, "--json")
        return code, json.loads(said)


@pytest.fixture
def operator(system: System) -> Operator:
    return Operator(system)


def test_check_finds_nothing_wrong_with_what_was_deployed(operator: Operator) -> None:
    code, answer = operator.asks("check")

    results = {step["step"]: step["result"] for step in answer["steps"]}
    assert code == 0, answer
    assert answer["wrong"] == []
    # the local AWS does not simulate the encryption context that the role is confined to
    assert [step for step, result in results.items() if result != "ok"] == ["role"]
    assert results["role"] == "unknown"


def test_status_shows_what_a_rotation_publishes(operator: Operator, system: System) -> None:
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


def test_a_refused_key_is_found_and_named(operator: Operator, system: System) -> None:
    system.idp.reject(system.account)

    code, answer = operator.asks("check")

    assert (code, answer["wrong"]) == (1, ["assertion"])
