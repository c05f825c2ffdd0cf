"""The verbs of the Makefile take what they are given, on any GNU make since 3.81."""

import os
import re
import subprocess
from pathlib import Path
from typing import Final

import pytest

from local import ROOT

MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
VERBS = [*re.findall(r"^([a-z0-9-]+):.*## ", MAKEFILE, re.M), "tools"]
NOTHING_TO_PASS_IT_TO = {"help", "tools", "setup", "clean"}
NEEDED = (
    *("requirements.txt", "package-lock.json", "pyproject.toml"),
    *("tests/audit/requirements.txt", "studies/site/requirements.txt", ".venv/bin/python"),
)

LATER_THAN_3_81 = [
    *("--output-sync", "--eval", "--trace", "--shuffle", "--jobserver-style", " -O"),
    *(".ONESHELL", ".SHELLFLAGS", ".SHELLSTATUS", ".RECIPEPREFIX", ".EXTRA_PREREQS", ".WAIT"),
    *("$(file ", "$(guile ", "$(let ", "$(intcmp ", "!=", "::=", "undefine ", "private "),
    *("\nload ", "\n-load ", "$(.FEATURES"),
]
"""https://git.savannah.gnu.org/cgit/make.git/tree/NEWS"""


NAMES = ["my envs/prod.toml", """an "old" one's; copy & more.toml""", "*.toml"]
"""Of files, stacks and rotators, with all that a shell would take apart."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Another project, with a space in its path and our Makefile."""
    there = tmp_path / "my projects"
    there.mkdir()
    (there / "our.mk").symlink_to(ROOT / "Makefile")
    (there / "local").symlink_to(ROOT / "local")
    return there


def make(folder: Path, *arguments: str, more: str = "") -> subprocess.CompletedProcess[str]:
    (folder / "Makefile").write_text(f"include our.mk\n{more}")
    # not what `make unit` itself was given
    environment = {name: os.environ[name] for name in ("HOME", "LANG") if name in os.environ}
    return subprocess.run(
        ["make", "--no-print-directory", *arguments],
        cwd=folder,
        env=environment | {"PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )


PRINTS: Final = 'printf "%s\\n" "$@"'


def program(folder: Path, name: str, script: str) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


@pytest.mark.parametrize("feature", LATER_THAN_3_81)
def test_it_uses_nothing_that_the_make_of_macos_lacks(feature: str) -> None:
    assert feature not in MAKEFILE
    assert not re.search(r"^define .*=|&:", MAKEFILE, re.M)


@pytest.mark.parametrize("verb", sorted({*VERBS} - NOTHING_TO_PASS_IT_TO))
def test_every_verb_passes_on_what_is_in_args(folder: Path, verb: str) -> None:
    for name in NEEDED:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()

    done = make(folder, "-n", verb, "ARGS=--probe 'a b'", "FILE=f")

    assert done.returncode == 0, done.stderr
    run = [line for line in done.stdout.splitlines() if "--probe 'a b'" in line]
    assert run
    # options of pytest are none of ruff's
    assert verb in {"lint", "fix"} or not [line for line in run if "ruff" in line]


@pytest.mark.parametrize(
    ("verb", "arguments"),
    [
        ("synth", ["synth", "--quiet"]),
        ("diff", ["diff"]),
        ("deploy", ["deploy", "--all"]),
        ("destroy", ["destroy", "--all"]),
    ],
)
@pytest.mark.parametrize("name", NAMES)
def test_the_cdk_is_given_the_file_whatever_its_path(
    folder: Path, verb: str, arguments: list[str], name: str
) -> None:
    program(folder, "npx", PRINTS)
    program(folder, ".venv/bin/token-rotator", "exit 0")

    done = make(folder, "-s", "-o", "tools", verb, f"CONFIG={name}", "ARGS=--force -v")

    assert done.stdout.splitlines() == [
        *("--no-install", "cdk", *arguments, "-c", f"config={name}", "--force", "-v")
    ]


@pytest.mark.parametrize("verb", ["check", "status", "rotate", "live-check"])
@pytest.mark.parametrize("name", NAMES)
def test_the_command_is_given_the_rotator_and_the_file_whatever_they_are_called(
    folder: Path, verb: str, name: str
) -> None:
    program(folder, ".venv/bin/token-rotator", 'printf "%s\\n" "$@"')
    given = (f"CONFIG={name}", f"ROTATOR=the {name}", "ARGS=--json")

    done = make(folder, "-s", "-o", ".venv/installed", verb, *given)
    alone = make(folder, "-s", "-o", ".venv/installed", verb)

    assert done.stdout.splitlines() == [verb, f"the {name}", "--config", name, "--json"]
    assert alone.stdout.splitlines() == [verb]


@pytest.mark.parametrize("name", NAMES)
def test_upload_try_and_costs_are_given_their_files_whatever_their_paths(
    folder: Path, name: str
) -> None:
    program(folder, ".venv/bin/token-rotator", 'printf "%s\\n" "$@"')
    given = ("-s", "-o", ".venv/installed", f"CONFIG={name}")

    upload = make(folder, *given, "upload", f"FILE=the {name}", "ROTATOR=sales")
    tried = make(folder, *given, "try", f"FILE=the {name}", "ARGS=--print-token")
    costs = make(folder, *given, "costs")
    nothing = make(folder, *given, "upload")
    nothing_to_try = make(folder, *given, "try")

    config = ["--config", name]
    assert upload.stdout.splitlines() == ["upload", f"the {name}", "sales", *config]
    assert tried.stdout.splitlines() == ["try", "--print-token", f"the {name}", *config]
    assert costs.stdout.splitlines() == ["costs", *config]
    assert (nothing.returncode, nothing.stdout) == (2, "")
    assert "make upload FILE=path" in nothing.stderr
    assert (nothing_to_try.returncode, nothing_to_try.stdout) == (2, "")
    assert "make try FILE=path" in nothing_to_try.stderr


@pytest.mark.parametrize("verb", ["diff", "deploy", "destroy"])
@pytest.mark.parametrize("name", NAMES)
def test_one_stack_is_named_whatever_it_is_called(folder: Path, verb: str, name: str) -> None:
    program(folder, "npx", PRINTS)
    program(folder, ".venv/bin/token-rotator", PRINTS)

    done = make(folder, "-s", "-o", "tools", verb, f"STACK={name}")

    planned = [] if verb == "destroy" else ["preflight", "--stack", name]
    assert done.stdout.splitlines() == [*planned, "--no-install", "cdk", verb, name]


@pytest.mark.parametrize("verb", ["diff", "deploy"])
def test_before_a_deployment_the_account_is_compared_with_the_file(folder: Path, verb: str) -> None:
    program(folder, "npx", "echo cdk")
    program(folder, ".venv/bin/token-rotator", f"{PRINTS}; exit 1")
    given = ("CONFIG=my envs/prod.toml", "ACCEPT=/a /b", "ARGS=--profile prod -v")

    done = make(folder, "-s", "-o", "tools", verb, *given)

    assert done.stdout.splitlines() == [
        *("preflight", "--config", "my envs/prod.toml", "--accept", "/a /b"),
        "--cdk-arguments=--profile prod -v",
        *(["cdk"] if verb == "diff" else []),
    ]
    assert done.returncode != 0


@pytest.mark.parametrize(("differs", "wrong"), [(0, 0), (1, 0), (0, 1), (1, 1)])
def test_diff_fails_where_the_cdk_does_or_something_is_wrong(
    folder: Path, differs: int, wrong: int
) -> None:
    program(folder, "npx", f"exit {differs}")
    program(folder, ".venv/bin/token-rotator", f"exit {wrong}")

    done = make(folder, "-s", "-o", "tools", "diff")

    assert (done.returncode != 0) is bool(differs or wrong)


def test_unit_runs_the_tests_that_an_expression_names(folder: Path) -> None:
    program(folder, ".venv/bin/pytest", 'printf "%s\\n" "$@"')

    done = make(folder, "-s", "-o", ".venv/installed", "unit", "T=retry and not slow", "ARGS=-x")

    assert done.stdout.splitlines()[-3:] == ["-k", "retry and not slow", "-x"]


def test_what_runs_side_by_side_is_shown_in_one_piece_and_a_failure_counts(folder: Path) -> None:
    speak = "for i in 1 2 3 4 5; do echo $@ $$i; sleep 0.05; done"

    done = make(
        folder, "-j2", "told-one", "told-two", more=f"one:\n\t@{speak}\ntwo:\n\t@{speak}; exit 3\n"
    )

    said = [line for line in done.stdout.splitlines() if not line.startswith("make")]
    blocks = [[f"{name} {number}" for number in range(1, 6)] for name in ("one", "two")]
    assert said in (blocks[0] + blocks[1], blocks[1] + blocks[0])
    assert done.returncode != 0


def test_npm_says_why_it_failed(folder: Path) -> None:
    for name in ("package-lock.json", "requirements.txt"):
        (folder / name).touch()
    program(folder, "node", "echo v20.20.2")
    program(
        folder,
        "npm",
        '[ "$1" = --version ] && echo 10 || { echo "npm error code ENOTFOUND" >&2; exit 1; }',
    )

    done = make(folder, "node_modules/installed")

    assert "npm error code ENOTFOUND" in done.stderr
    assert (
        "The CDK command line could not be installed, for the reason above: "
        "docs/deploy/troubleshooting.md#npm\n"
    ) in done.stderr
    assert done.returncode != 0
    assert not (folder / "node_modules" / "installed").exists()


def test_an_index_that_cannot_be_reached_is_the_reason_that_make_shows(folder: Path) -> None:
    for name in ("package-lock.json", "requirements.txt"):
        (folder / name).touch()
    program(folder, "node", "echo v20.20.2")
    program(folder, "npm", "echo 10")
    options = "PIP_INDEX_URL=http://127.0.0.1:9/simple PIP_CONFIG_FILE=/dev/null PIP_RETRIES=1"

    done = make(folder, ".venv/pinned", "PIP_NO_CACHE_DIR=1", *options.split())

    assert "Connection refused" in done.stderr
    assert "uv could not be installed, for the reason above: docs/deploy/troubl" in done.stderr
    assert not (folder / ".venv" / "pinned").exists()


def test_what_is_missing_is_said_once_before_anything_is_installed(folder: Path) -> None:
    for name in ("package-lock.json", "requirements.txt"):
        (folder / name).touch()
    program(folder, "node", "echo v18.0.0")

    done = make(folder, "-j3", "tools")

    assert "node 20 or newer is needed, this is v18.0.0.\n" in done.stderr
    assert done.stderr.count("is needed") == 1
    assert not (folder / ".venv").exists()
    assert not (folder / "node_modules").exists()


def test_it_sets_no_path_of_pythons() -> None:
    assert "PYTHONPATH" not in MAKEFILE
