"""mypy reads those services of the CDK and of moto that the code uses, and no others."""

import re
import tomllib

from local import ROOT

PLACES = ("infra", "tests", "studies", "local", "fakes", "cli")
IMPORTED = re.compile(
    r"^\s*(?:from (aws_cdk|moto) import ([\w, ]+)|(?:from|import) ((?:aws_cdk|moto)[.\w]*))", re.M
)


def imported(source: str) -> set[str]:
    """The modules of the two that a file imports; a class of the top level is none."""
    found = set()
    for package, names, module in IMPORTED.findall(source):
        found.add(package or module)
        if package == "aws_cdk":
            found |= {f"aws_cdk.{name}" for name in re.findall(r"aws_\w+|assertions", names)}
    return found


def test_every_service_in_use_is_typed():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    (typed,) = (
        set(one["module"])
        for one in project["tool"]["mypy"]["overrides"]
        if one.get("follow_imports") == "normal"
    )
    used = {
        module
        for place in PLACES
        for file in (ROOT / place).rglob("*.py")
        for module in imported(file.read_text(encoding="utf-8"))
    }

    assert {"aws_cdk.aws_lambda", "moto.server"} <= used
    assert {
        module for module in used - typed if f"{module.rpartition('.')[0]}.*" not in typed
    } == set()
