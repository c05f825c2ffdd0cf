"""The asset's hash follows what is in the bundle, and nothing else."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from local import ROOT
from token_rotator_cdk.bundle import build, bytecode
from token_rotator_cdk.bundle.build import function_bundle, function_hash, reader_bundle
from token_rotator_cdk.bundle.cache import VARIABLE
from token_rotator_cdk.bundle.sources import INSTALLED, Sources
from token_rotator_cdk.bundle.targets import LAMBDA, LAMBDA_X86_64

PRINT = """
from token_rotator_cdk.bundle.build import function_hash
from token_rotator_cdk.bundle.targets import LAMBDA
print(function_hash(LAMBDA))
"""
NOT_IN_THE_BUNDLE = ("cli", "infra/token_rotator_cdk/constructs", "lambda_src/token_reader", "docs")


@pytest.fixture
def sources(tmp_path: Path) -> Sources:
    function, pins = tmp_path / "token_rotator", tmp_path / "requirements.txt"
    shutil.copytree(INSTALLED.function, function, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(INSTALLED.pins, pins)
    builder, reader = tmp_path / "bundle", tmp_path / "token_reader"
    shutil.copytree(INSTALLED.builder, builder)
    shutil.copytree(INSTALLED.reader, reader, ignore=shutil.ignore_patterns("__pycache__"))
    return Sources(function=function, pins=pins, builder=builder, reader=reader)


def touch(file: Path) -> None:
    with file.open("a") as text:
        text.write("# touched\n")


def rename(file: Path) -> None:
    file.rename(file.with_name("renamed.py"))


def touches(module: str) -> Callable[[Sources], None]:
    return lambda sources: touch(sources.builder / module)


MODULES = sorted(file.name for file in INSTALLED.builder.glob("*.py"))
"""Of the builder: modes and dates, bytecode, what is trimmed, what is packed, and so on."""
BUILDER = [touches(module) for module in MODULES]


@pytest.mark.parametrize(
    "edit",
    [
        lambda sources: touch(sources.function / "handler.py"),
        lambda sources: touch(sources.function / "parameter" / "record.py"),
        lambda sources: rename(sources.function / "parameter" / "record.py"),
        lambda sources: touch(sources.pins),
        *BUILDER,
    ],
    ids=["a module", "a module in a folder", "a module's name", "the pins", *MODULES],
)
def test_an_edit_of_the_function_or_of_the_builder_changes_the_hash(
    sources: Sources, edit: Callable[[Sources], None]
):
    assert function_hash(LAMBDA, sources) == function_hash(LAMBDA)

    edit(sources)

    assert function_hash(LAMBDA, sources) != function_hash(LAMBDA)


@pytest.mark.parametrize(
    "edit",
    [lambda sources: touch(sources.reader / "reader.py"), *BUILDER],
    ids=["the library", *MODULES],
)
def test_an_edit_of_the_library_or_of_the_builder_changes_the_hash_of_the_layer(
    sources: Sources, edit: Callable[[Sources], None], tmp_path: Path, monkeypatch
):
    monkeypatch.setenv(VARIABLE, str(tmp_path / "cache"))
    assert reader_bundle(sources).asset_hash == reader_bundle().asset_hash

    edit(sources)

    assert reader_bundle(sources).asset_hash != reader_bundle().asset_hash


def test_the_target_its_services_and_the_compilers_patch_release_change_the_hash(
    monkeypatch: pytest.MonkeyPatch,
):
    hashes = [function_hash(LAMBDA), function_hash(LAMBDA_X86_64)]
    for version in ("3.13.0", "3.13.1"):
        with monkeypatch.context() as other:
            found = bytecode.Compiler("python", version)
            other.setattr(build, "compiler", lambda _, found=found: found)
            hashes.append(function_hash(LAMBDA))
    hashes += [
        function_hash(replace(LAMBDA, python="3.14")),
        function_hash(replace(LAMBDA, pip_arguments=LAMBDA.pip_arguments[:-1])),
    ]
    monkeypatch.setattr(build, "AWS_SERVICES", ("ssm", "sqs"))
    hashes.append(function_hash(LAMBDA))
    assert hashes[-1] != hashes[0]

    # one of the two patch releases may be this machine's
    assert len(set(hashes)) >= len(hashes) - 1
    assert hashes[2] != hashes[3]


def test_compiled_files_beside_the_sources_do_not_change_the_hash(sources: Sources):
    (sources.function / "__pycache__").mkdir(exist_ok=True)
    (sources.function / "__pycache__" / "handler.pyc").write_bytes(b"anything")

    assert function_hash(LAMBDA, sources) == function_hash(LAMBDA)


def test_an_edit_of_the_command_the_constructs_the_reader_or_the_docs_leaves_the_hash(
    tmp_path: Path,
):
    for name in ("cli", "infra", "lambda_src", "docs"):
        shutil.copytree(
            ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__", "*.png")
        )

    def in_the_copy() -> str:
        places = [str(tmp_path / name) for name in ("lambda_src", "infra", "cli")]
        return subprocess.run(
            [sys.executable, "-c", PRINT],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(places)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()

    before = in_the_copy()
    edited = [
        path
        for place in NOT_IN_THE_BUNDLE
        for path in (tmp_path / place).rglob("*")
        if path.suffix in {".py", ".md"}
    ]
    for path in edited:
        touch(path)

    assert len(edited) > 50
    assert in_the_copy() == before == function_hash(LAMBDA)
    touch(tmp_path / "lambda_src" / "token_rotator" / "handler.py")
    assert in_the_copy() != before


def test_the_asset_has_this_hash():
    bundle = function_bundle(LAMBDA)

    assert bundle.asset_hash == function_hash(LAMBDA)
    assert bundle.asset_hash in bundle.file.name
