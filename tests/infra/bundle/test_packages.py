"""The function's packages: from the index that pip is configured with, and only what is pinned."""

import os
import zipfile
from pathlib import Path

import pytest

from tests.support.tiny_wheel import a_tiny_wheel, pinning
from token_rotator_cdk.bundle import build
from token_rotator_cdk.bundle.build import function_bundle, function_hash, packages
from token_rotator_cdk.bundle.cache import VARIABLE, BundlingFailed
from token_rotator_cdk.bundle.targets import LAMBDA, THIS_MACHINE


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    return a_tiny_wheel(tmp_path / "mirror")


@pytest.fixture(autouse=True)
def configured(wheel: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = tmp_path / "pip.conf"
    config.write_text(
        f"[global]\nno-index = true\nfind-links = {wheel.parent}\n[install]\nuser = true\n"
    )
    for name in ("PIP_FIND_LINKS", "PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", str(config))
    monkeypatch.setenv(VARIABLE, str(tmp_path / "cache"))


def test_a_mirror_that_pip_is_configured_with_is_asked(wheel: Path):
    with zipfile.ZipFile(packages(LAMBDA, pinning(wheel))) as packed:
        names = {name for name in packed.namelist() if not name.endswith(".pyc")}

    assert names == {"tiny.py", "tiny-1.0.dist-info/METADATA", "tiny-1.0.dist-info/WHEEL"}


def test_without_a_python_of_lambdas_version_the_bundle_holds_no_bytecode_and_the_hash_says_so(
    wheel: Path, monkeypatch: pytest.MonkeyPatch
):
    sources = pinning(wheel)
    monkeypatch.setattr(build, "compiler", lambda version: None)
    without = function_bundle(THIS_MACHINE, sources)
    monkeypatch.undo()

    with zipfile.ZipFile(without.file) as packed:
        names = packed.namelist()
    assert {"tiny.py", "token_rotator/handler.py"} < set(names)
    assert not [name for name in names if name.endswith(".pyc")]
    assert without.asset_hash != function_hash(THIS_MACHINE, sources)


def test_a_wheel_that_is_not_what_was_pinned_is_refused(wheel: Path, tmp_path: Path):
    with pytest.raises(BundlingFailed, match="HASHES"):
        packages(LAMBDA, pinning(wheel, digest="0" * 64))

    assert [*(tmp_path / "cache").iterdir()] == []


def test_an_index_that_cannot_be_reached_is_the_reason_that_is_named(
    wheel: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("PIP_RETRIES", "1")

    with pytest.raises(BundlingFailed, match=r"tiny==1\.0 after .*Connection refused"):
        packages(LAMBDA, pinning(wheel))


def test_packages_that_cannot_be_had_are_named_with_what_pip_says(wheel: Path):
    wheel.unlink()

    with pytest.raises(BundlingFailed, match=r"could not be downloaded.*PIP_INDEX_URL.*tiny==1\.0"):
        packages(LAMBDA, pinning(wheel, digest="0" * 64))
