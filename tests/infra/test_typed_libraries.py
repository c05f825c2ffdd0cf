"""mypy follows each module of the AWS CDK and of moto that is imported; others are Any to it."""

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

from local import ROOT

CONFIG = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["mypy"]
(SKIPPED,) = (one["module"] for one in CONFIG["overrides"] if one.get("follow_imports") == "skip")
(NAMED,) = (one["module"] for one in CONFIG["overrides"] if one.get("follow_imports") == "normal")


def files() -> Iterator[Path]:
    """Those that mypy checks."""
    for place in CONFIG["files"]:
        yield from [ROOT / place] if place.endswith(".py") else (ROOT / place).rglob("*.py")


def imported(text: str) -> Iterator[str]:
    """The modules; ``from aws_cdk import aws_sns`` may import a module, too."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            if node.module == "aws_cdk":
                yield from (f"aws_cdk.{one.name}" for one in node.names if one.name.islower())


def is_of(module: str, patterns: list[str]) -> bool:
    return any(
        module == one or (one.endswith(".*") and f"{module}.".startswith(one[:-1]))
        for one in patterns
    )


def test_each_module_that_is_imported_is_named():
    texts = [file.read_text(encoding="utf-8") for file in files()]
    libraries = [one.removesuffix(".*") for one in SKIPPED]
    found = {
        module
        for text in texts
        if any(name in text for name in libraries)
        for module in imported(text)
        if is_of(module, SKIPPED)
    }

    assert len(found) > 10
    assert {module for module in found if not is_of(module, NAMED)} == set()
