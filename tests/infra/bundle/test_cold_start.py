"""What does a cold start load? The bundle's own, compiled beforehand, and no more than it needs."""

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from token_rotator.contract import HANDLER
from token_rotator_cdk.bundle import bundling, bytecode
from token_rotator_cdk.bundle.bytecode import compiler
from token_rotator_cdk.bundle.targets import LAMBDA, THIS_MACHINE

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
def bundle(tmp_path_factory) -> Path:
    output: Path = tmp_path_factory.mktemp("bundle")
    bundling.bundle(THIS_MACHINE, output)
    return output


@pytest.fixture(scope="module")
def loaded(bundle) -> dict[str, list[str] | None]:
    """Modules that are there when the handler is, with their files, in a clean interpreter."""
    module, function = HANDLER.rsplit(".", 1)
    paths = [str(bundle)]
    # -I -S: no site-packages, no current directory, no PYTHONPATH
    ran = subprocess.run(
        [sys.executable, "-I", "-S", "-c", LOAD.format(**locals())],
        env={},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    modules: dict[str, list[str] | None] = json.loads(ran.stdout)
    return modules


def test_the_handler_imports_from_the_bundle_alone(loaded, bundle):
    for name in ("token_rotator.handler", "botocore", "cryptography", "jwt", "urllib3", "tenacity"):
        assert loaded[name][0].startswith(str(bundle)), name


def test_a_cold_start_imports_no_more_than_its_budget(loaded):
    print(len(loaded))
    assert len(loaded) <= BUDGET
    assert [name for name in NOT_NEEDED if name in loaded] == []


def test_everything_in_the_bundle_is_compiled_and_nothing_looks_whether_its_source_has_changed(
    bundle,
):
    for source in bundle.rglob("*.py"):
        compiled = Path(importlib.util.cache_from_source(str(source))).read_bytes()
        assert compiled[:4] == importlib.util.MAGIC_NUMBER
        assert int.from_bytes(compiled[4:8], "little") == 0b01, source  # PEP 552: unchecked hash


def test_byte_code_says_where_lambda_puts_its_source(bundle):
    compiled = next(bundle.glob("token_rotator/__pycache__/handler.*.pyc")).read_bytes()

    assert b"/var/task/token_rotator/handler.py" in compiled
    assert str(bundle).encode() not in compiled


def test_without_a_python_of_lambdas_version_the_bundle_holds_none_and_the_hash_says_so(
    tmp_path, monkeypatch
):
    with_byte_code = bundling.asset_hash(THIS_MACHINE)
    monkeypatch.setattr(bundling, "compiler", lambda version: None)

    bundling.bundle(THIS_MACHINE, tmp_path)

    assert not list(tmp_path.rglob("*.pyc"))
    assert bundling.asset_hash(THIS_MACHINE) != with_byte_code


def test_the_hash_follows_the_compilers_patch_release(monkeypatch):
    hashes = set()
    for version in ("3.13.0", "3.13.1"):
        monkeypatch.setattr(
            bundling, "compiler", lambda _, found=version: bytecode.Compiler("python", found)
        )
        hashes.add(bundling.asset_hash(LAMBDA))

    assert len(hashes) == 2


def test_a_launcher_that_launches_nothing_and_another_python_are_not_taken(tmp_path, monkeypatch):
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
