"""The project's own workflows: valid, pinned, with least permissions, and they run verbs."""

import re
from pathlib import Path
from typing import Any, Final

import yaml  # type: ignore[import-untyped]

from local import ROOT
from tests.infra.pipelines.test_ci_files import VERBS, schema_issues

HOSTING: Final = ROOT / ".github"
WORKFLOWS: Final = sorted((HOSTING / "workflows").glob("*.yml"))
MAY_WRITE: Final = {
    ("docs", "publish"): {"pages", "id-token"},
    ("release", "attest"): {"attestations", "id-token"},
    ("release", "publish"): {"contents"},
}
"""Workflow and job → what it may write. Every other job may read the repository."""


def jobs(file: Path) -> dict[str, Any]:
    return dict(yaml.safe_load(file.read_text(encoding="utf-8"))["jobs"])


def test_the_hosting_platform_would_accept_them():
    assert schema_issues("github-workflows", *WORKFLOWS) == ""
    assert schema_issues("dependabot", HOSTING / "dependabot.yml") == ""


def test_every_action_is_pinned_and_all_workflows_pin_the_same():
    used = {
        one
        for file in WORKFLOWS
        for one in re.findall(r"uses: (\S+) # (v[\d.]+)", file.read_text(encoding="utf-8"))
    }
    all_uses = sum(file.read_text(encoding="utf-8").count("uses: ") for file in WORKFLOWS)
    pinned = sum(
        len(re.findall(r"uses: [a-z-]+/[a-z-]+@[0-9a-f]{40} # v", file.read_text(encoding="utf-8")))
        for file in WORKFLOWS
    )

    assert all_uses == pinned > len(used)
    assert len(used) == len({action.partition("@")[0] for action, _ in used})


def test_no_job_may_do_more_than_it_has_to():
    writes: dict[tuple[str, str], set[str]] = {}
    for file in WORKFLOWS:
        assert yaml.safe_load(file.read_text(encoding="utf-8"))["permissions"] == {}
        for name, job in jobs(file).items():
            if granted := {what for what, how in job["permissions"].items() if how == "write"}:
                writes[file.stem, name] = granted

    assert writes == MAY_WRITE


def test_a_job_that_may_write_runs_nothing_of_this_repository():
    for workflow, name in MAY_WRITE:
        steps = jobs(HOSTING / "workflows" / f"{workflow}.yml")[name]["steps"]
        assert not [one for one in steps if "actions/checkout" in one.get("uses", "")]


def test_what_is_run_are_verbs():
    named = {
        (file.stem, verb)
        for file in WORKFLOWS
        for verb in re.findall(r"make ([a-z-]+)", file.read_text(encoding="utf-8"))
    }

    assert ("test", "test") in named
    assert {(workflow, verb) for workflow, verb in named if verb not in VERBS} == set()
