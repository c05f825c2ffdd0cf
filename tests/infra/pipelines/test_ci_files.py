"""The CI files of examples/pipelines: valid, pinned, and each command is one of the Makefile."""

import os
import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
import yaml  # type: ignore[import-untyped]

from local import ROOT

HERE: Final = ROOT / "examples" / "pipelines"
GITHUB: Final = HERE / "github-actions.yml"
GITLAB: Final = HERE / "gitlab-ci.yml"
CHECK: Final = ROOT / ".venv-audit" / "bin" / "check-jsonschema"
VERBS: Final = {
    *re.findall(r"^([a-z0-9-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M)
}
STANDS_FOR_PROGRAMS: Final = """
make() { printf 'make%s\\n' "$(printf ' <%s>' "$@")" >> "$CALLED"; env >> "$CALLED.env"; }
apt-get() { :; }
"""


def workflow() -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load(GITHUB.read_text(encoding="utf-8"))
    return document


def gitlab() -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load(GITLAB.read_text(encoding="utf-8"))
    return document


def schema_issues(kind: str, *files: Path) -> str:
    done = subprocess.run(
        [CHECK, "--builtin-schema", f"vendor.{kind}", *files],
        capture_output=True,
        text=True,
        check=False,
    )
    return "" if done.returncode == 0 else done.stdout + done.stderr


@pytest.mark.parametrize(
    ("file", "kind", "wrong"),
    [
        (GITHUB, "github-workflows", ("id-token: write", "id-token: always")),
        (GITHUB, "github-workflows", ("runs-on: ubuntu-24.04", "runs_on: ubuntu-24.04")),
        (GITLAB, "gitlab-ci", ("interruptible: false", 'interruptible: "never"')),
        (GITLAB, "gitlab-ci", ("    AWS_TOKEN:\n", "    AWS_TOKEN:\n      audience: x\n")),
    ],
)
def test_the_file_is_what_its_schema_says(
    file: Path, kind: str, wrong: tuple[str, str], tmp_path: Path
) -> None:
    text = file.read_text(encoding="utf-8")
    broken = tmp_path / file.name
    broken.write_text(text.replace(*wrong))

    assert schema_issues(kind, file) == ""
    assert wrong[0] in text
    assert "Schema validation errors" in schema_issues(kind, broken)


def test_every_action_is_pinned_to_a_commit_and_says_its_version() -> None:
    used = re.findall(r"uses: (\S+)(.*)", GITHUB.read_text(encoding="utf-8"))

    assert len(used) >= 7
    for action, comment in used:
        assert re.fullmatch(r"[a-z-]+/[a-z-]+@[0-9a-f]{40}", action), action
        assert re.fullmatch(r" # v\d+\.\d+\.\d+", comment), action
    assert len({*used}) == len({action.partition("@")[0] for action, _ in used})


def test_only_the_job_that_deploys_can_get_a_token() -> None:
    jobs = workflow()["jobs"]

    assert workflow()["permissions"] == {}
    assert {name for name, job in jobs.items() if "id-token" in job["permissions"]} == {"deploy"}
    assert "github.ref == 'refs/heads/main'" in jobs["deploy"]["if"]
    assert jobs["deploy"]["environment"] == "production"
    assert {name for name, job in gitlab().items() if "id_tokens" in job} == {"deploy"}


def test_what_is_installed_is_installed_before_there_are_credentials() -> None:
    steps = workflow()["jobs"]["deploy"]["steps"]
    (credentials,) = (
        number for number, step in enumerate(steps) if "configure-aws" in step.get("uses", "")
    )
    (tools,) = (number for number, step in enumerate(steps) if step.get("run") == "make tools")
    script = gitlab()["deploy"]["script"]

    assert tools < credentials
    assert script[0].startswith("make tools")
    assert "AWS_TOKEN" in script[1]


def _scripts() -> Iterator[tuple[str, str]]:
    for name, job in workflow()["jobs"].items():
        yield f"github {name}", "\n".join(step["run"] for step in job["steps"] if "run" in step)
    before = gitlab()["default"]["before_script"]
    for name in gitlab()["stages"]:
        job = gitlab()[name]
        yield f"gitlab {name}", "\n".join([*before, *job["script"], *job.get("after_script", [])])


SCRIPTS: Final = dict(_scripts())


def called(script: str, directory: Path) -> list[list[str]]:
    """The calls of make. The script runs in bash, with functions instead of programs."""
    log = directory / "called"
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", STANDS_FOR_PROGRAMS + script],
        env={
            "PATH": os.environ["PATH"],
            "CALLED": str(log),
            "CONFIG": "envs/my prod.toml",
            "AWS_TOKEN": "header.payload.signature",
            "AWS_WEB_IDENTITY_TOKEN_FILE": str(directory / "aws-token"),
        },
        cwd=directory,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return [re.findall("<(.*?)>", line) for line in log.read_text().splitlines()]


@pytest.mark.parametrize("name", SCRIPTS)
def test_the_commands_are_verbs_of_the_makefile_and_none_needs_a_terminal(
    name: str, tmp_path: Path
) -> None:
    calls = called(SCRIPTS[name], tmp_path)

    assert calls
    assert {verb for verb, *_ in calls} <= VERBS
    if name.endswith("deploy"):
        assert [verb for verb, *_ in calls] == ["tools", "diff", "deploy"]
        (arguments,) = (one for _, *rest in calls for one in rest if one.startswith("ARGS="))
        assert shlex.split(arguments.removeprefix("ARGS="))[:2] == ["--require-approval", "never"]
    for verb, *rest in calls:
        assert verb == "tools" or "CONFIG=envs/my prod.toml" in rest


def test_gitlabs_token_is_in_a_file_of_the_jobs_and_nowhere_else(tmp_path: Path) -> None:
    script = "\n".join(gitlab()["deploy"]["script"])
    shows = 'stat -c %a "$AWS_WEB_IDENTITY_TOKEN_FILE"; cat "$AWS_WEB_IDENTITY_TOKEN_FILE"'
    cleans = "\n".join(gitlab()["deploy"]["after_script"])

    called(f"{script}\n({shows}) > shown\n{cleans}", tmp_path)

    environment = (tmp_path / "called.env").read_text()
    assert (tmp_path / "shown").read_text() == "600\nheader.payload.signature"
    assert environment.count("header.payload.signature") == 1, "make tools, before it is written"
    assert not (tmp_path / "aws-token").exists()
