"""Is the bundle what the function needs, the same bytes every time, and made without a network?"""

import os
import re
import shutil
import struct
import subprocess
import sys
import time
from pathlib import Path

import pytest

from local import ROOT
from token_rotator_cdk import LAMBDA_SRC
from token_rotator_cdk.bundle.bundling import BundlingFailed, asset_hash, bundle, fetch
from token_rotator_cdk.bundle.targets import LAMBDA, THIS_MACHINE, Target

AARCH64 = 183
"""e_machine in the ELF specification."""


@pytest.fixture(scope="module")
def for_lambda(tmp_path_factory) -> Path:
    output: Path = tmp_path_factory.mktemp("lambda")
    bundle(LAMBDA, output)
    return output


@pytest.fixture
def sources(tmp_path) -> Path:
    copy: Path = tmp_path / "sources"
    shutil.copytree(LAMBDA_SRC, copy, ignore=shutil.ignore_patterns("__pycache__"))
    return copy


def contents(directory: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(directory)): path.read_bytes()
        for path in directory.rglob("*")
        if path.is_file()
    }


def test_two_bundles_of_the_same_sources_are_the_same_bytes(for_lambda, tmp_path):
    bundle(LAMBDA, tmp_path / "again")

    assert contents(tmp_path / "again") == contents(for_lambda)


def test_every_binary_in_the_bundle_is_for_lambdas_processor(for_lambda):
    binaries = [path for path in for_lambda.rglob("*.so*") if path.is_file()]

    machines = {struct.unpack("<H", path.read_bytes()[18:20])[0] for path in binaries}
    assert any("cryptography" in path.parts for path in binaries)
    assert machines == {AARCH64}


def test_the_bundle_holds_licences_and_no_scripts(for_lambda):
    names = contents(for_lambda).keys()

    assert not [n for n in names if n.startswith("bin/") or n.endswith("/RECORD")]
    for package in for_lambda.glob("*.dist-info"):
        assert [p for p in package.rglob("*") if "licens" in p.name.lower()], package.name


def test_pip_may_evaluate_the_pins_on_another_interpreter_than_lambdas():
    # pip reads markers with the interpreter it runs on, whatever --python-version says
    pins = (LAMBDA_SRC / "requirements.txt").read_text()

    markers = re.findall(r"^[^#\s][^;\\]*;([^\\]*)", pins, re.M)
    assert markers
    names = set(re.findall(r"\b(?:python_\w+|platform_\w+|sys_\w+|os_name)\b", " ".join(markers)))
    assert names <= {"platform_python_implementation"}


def test_the_hash_follows_the_function_the_pins_and_the_target(sources):
    before = asset_hash(LAMBDA, source=sources)
    assert before == asset_hash(LAMBDA)

    seen = {before, asset_hash(THIS_MACHINE, source=sources)}
    for touched in (
        "token_rotator/handler.py",
        "token_rotator/parameter/record.py",
        "requirements.txt",
    ):
        with (sources / touched).open("a") as file:
            file.write("# touched\n")
        seen.add(asset_hash(LAMBDA, source=sources))
    (sources / "token_rotator" / "parameter" / "record.py").rename(
        sources / "token_rotator" / "parameter" / "renamed.py"
    )
    seen.add(asset_hash(LAMBDA, source=sources))
    assert len(seen) == 6


def test_the_hash_does_not_follow_what_is_not_in_the_bundle(sources):
    before = asset_hash(LAMBDA, source=sources)

    (sources / "requirements.in").write_text("anything")
    (sources / "test_something.py").write_text("anything")
    cache = sources / "token_rotator" / "__pycache__"
    cache.mkdir()
    (cache / "handler.pyc").write_bytes(b"anything")

    assert asset_hash(LAMBDA, source=sources) == before


def test_wheels_are_not_fetched_twice(tmp_path, sources, monkeypatch):
    fetch(THIS_MACHINE)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)

    assert fetch(THIS_MACHINE).is_dir()

    with (sources / "requirements.txt").open("a") as pins:
        pins.write("# another stamp\n")
    with pytest.raises(BundlingFailed, match="could not be downloaded; this machine needs its"):
        fetch(THIS_MACHINE, source=sources, wheels=tmp_path / "wheels")


def test_a_wheel_that_is_not_what_was_pinned_is_refused(sources, tmp_path):
    pins = (sources / "requirements.txt").read_text()
    (sources / "requirements.txt").write_text(
        re.sub(r"sha256:[0-9a-f]{64}", "sha256:" + "0" * 64, pins)
    )

    with pytest.raises(BundlingFailed):
        fetch(
            Target(name="x", python="3.13", pip_arguments=THIS_MACHINE.pip_arguments),
            source=sources,
            wheels=tmp_path / "wheels",
        )
    assert not list(tmp_path.glob("wheels/*/complete"))


def test_a_fetch_with_nothing_to_do_takes_no_time():
    command = [sys.executable, "-m", "token_rotator_cdk.bundle.bundling", "fetch"]
    subprocess.run(command, cwd=ROOT, check=True)
    started = time.perf_counter()

    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")
    assert time.perf_counter() - started < 1
