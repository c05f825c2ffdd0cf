"""A cold start loads the bundle's own modules, compiled beforehand, and no more than it needs."""

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from token_rotator.contract import HANDLER
from token_rotator_cdk.bundle import bytecode
from token_rotator_cdk.bundle.bytecode import compiler

BUDGET = 440
"""Modules; about 30 are those of an interpreter that does nothing."""

NOT_NEEDED = (*("boto3", "s3transfer", "aws_lambda_powertools", "requests", "asyncio", "sqlite3"),)

LOAD = """
import sys
sys.path[:0] = {paths!r}
import {module} as module
assert callable(module.{function})
import json
print(json.dumps({{name: getattr(m, "__cached__", None) and [m.__file__, m.__cached__]
                  for name, m in list(sys.modules.items())}}))
"""


@pytest.fixture(scope="module")
def loaded(unpacked: Path) -> dict[str, list[str] | None]:
    """Modules that are there when the handler is, with their files, in a clean interpreter."""
    module, function = HANDLER.rsplit(".", 1)
    script = LOAD.format(paths=[str(unpacked)], module=module, function=function)
    # -I -S: no site-packages, no current directory, no PYTHONPATH
    ran = subprocess.run(
        [sys.executable, "-I", "-S", "-c", script],
        env={},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    modules: dict[str, list[str] | None] = json.loads(ran.stdout)
    return modules


def test_the_handler_imports_from_the_bundle(loaded: dict[str, list[str] | None], unpacked: Path):
    for name in ("token_rotator.handler", "botocore", "cryptography", "jwt", "urllib3", "tenacity"):
        file, *_ = loaded[name] or [""]
        assert file.startswith(str(unpacked)), name


def test_a_cold_start_imports_no_more_than_its_budget(loaded: dict[str, list[str] | None]):
    print(len(loaded))
    assert len(loaded) <= BUDGET
    assert [name for name in NOT_NEEDED if name in loaded] == []


def test_everything_in_the_bundle_is_compiled_and_no_import_looks_whether_a_source_has_changed(
    unpacked: Path,
):
    for source in unpacked.rglob("*.py"):
        compiled = Path(importlib.util.cache_from_source(str(source))).read_bytes()
        assert compiled[:4] == importlib.util.MAGIC_NUMBER
        assert int.from_bytes(compiled[4:8], "little") == 0b01, source  # PEP 552: unchecked hash


def test_bytecode_names_the_place_where_lambda_unpacks_its_source(unpacked: Path):
    for package in ("token_rotator/handler", "jwt/api_jwt"):
        source = unpacked / f"{package}.py"
        compiled = Path(importlib.util.cache_from_source(str(source))).read_bytes()
        assert f"/var/task/{package}.py".encode() in compiled
        assert b"building-" not in compiled


def test_a_launcher_that_launches_nothing_and_another_python_are_not_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    for name, content in {
        "python3.0": "#!/bin/sh\nexit 127\n",
        "python2.9": "#!/bin/sh\necho CPython 2.8.1\n",
        "python2.8": "#!/bin/sh\necho CPython 2.8.1\n",
    }.items():
        (tmp_path / name).write_text(content)
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)

    assert compiler("3.0") is None
    assert compiler("2.9") is None
    assert compiler("2.8") == bytecode.Compiler(str(tmp_path / "python2.8"), "2.8.1")
