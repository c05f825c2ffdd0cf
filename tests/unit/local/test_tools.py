"""Before anything is installed, one sentence says which tool is missing or too old."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = Path(__file__).parents[3] / "local" / "setup" / "tools.py"


def check(path: Path) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, PROGRAM],
        env={"PATH": str(path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == ""
    return done.returncode, done.stderr


def check_after(change: str) -> tuple[int, str]:
    """Runs the program in an interpreter with this change."""
    pretend = f"import sys, runpy; {change}; runpy.run_path(sys.argv[1], run_name='__main__')"
    done = subprocess.run(
        [sys.executable, "-c", pretend, PROGRAM], capture_output=True, text=True, check=False
    )
    return done.returncode, done.stderr


def program(directory: Path, name: str, prints: str) -> None:
    script = directory / name
    script.write_text(f"#!/bin/sh\necho {prints}\n")
    script.chmod(0o755)


def test_nothing_is_printed_if_all_tools_are_there(tmp_path: Path) -> None:
    program(tmp_path, "node", "v20.20.2")
    program(tmp_path, "npm", "10.8.2")

    assert check(tmp_path) == (0, "")


def test_a_missing_node(tmp_path: Path) -> None:
    assert check(tmp_path) == (
        1,
        "node is not installed; the CDK command line needs node 20 or newer.\n",
    )


def test_a_node_that_is_too_old(tmp_path: Path) -> None:
    program(tmp_path, "node", "v18.19.0")

    assert check(tmp_path) == (1, "node 20 or newer is needed, this is v18.19.0.\n")


def test_a_node_without_a_version(tmp_path: Path) -> None:
    program(tmp_path, "node", "hello")

    assert check(tmp_path) == (1, "node 20 or newer is needed, this is hello.\n")


def test_a_missing_npm(tmp_path: Path) -> None:
    program(tmp_path, "node", "v22.1.0")

    code, said = check(tmp_path)

    assert code == 1
    assert said.startswith("npm is not installed;")
    assert said.count("\n") == 1


@pytest.mark.parametrize("version", [(3, 6, 9), (3, 10, 14)])
def test_a_python_that_is_too_old(version: tuple[int, int, int]) -> None:
    code, said = check_after(f"sys.version_info = {version}")

    assert code == 1
    assert said.startswith(f"Python 3.11 or newer is needed, this is 3.{version[1]};")
    assert said.count("\n") == 1


def test_a_python_without_venv() -> None:
    code, said = check_after("sys.modules['ensurepip'] = None")

    assert (code, said.count("\n")) == (1, 1)
    assert "apt install python3-venv" in said


def test_old_python_versions_can_parse_it() -> None:
    ast.parse(PROGRAM.read_text(), feature_version=(3, 6))
