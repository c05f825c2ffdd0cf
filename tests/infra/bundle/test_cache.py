"""What was built once is not built again, and builds that run at the same time do no harm."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from token_rotator_cdk.bundle import cache
from token_rotator_cdk.bundle.cache import BundlingFailed, cached


@pytest.fixture
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(cache.VARIABLE, str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_the_directory_is_the_named_one_else_the_one_of_the_users_caches(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setenv("HOME", "/home/ann")
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.delenv(cache.VARIABLE, raising=False)
    assert cache.directory() == Path("/home/ann/.cache/token-rotator")

    monkeypatch.setenv("XDG_CACHE_HOME", "/caches")
    assert cache.directory() == Path("/caches/token-rotator")

    monkeypatch.setenv(cache.VARIABLE, "/named")
    assert cache.directory() == Path("/named")


def test_a_file_that_was_built_is_not_built_again(directory: Path):
    def build(file: Path) -> None:
        file.write_text("first")

    first = cached("a.zip", build)
    second = cached("a.zip", lambda file: pytest.fail("built again"))

    assert first == second == directory / "a.zip"
    assert first.read_text() == "first"


def test_two_builds_of_a_file_at_the_same_time_both_succeed(directory: Path):
    both_are_building = threading.Barrier(2, timeout=10)

    def build(file: Path) -> None:
        file.write_text("half")
        both_are_building.wait()
        assert not (directory / "a.zip").exists() or (directory / "a.zip").read_text() == "whole"
        file.write_text("whole")

    with ThreadPoolExecutor(2) as pool:
        files = [*pool.map(lambda _: cached("a.zip", build), range(2))]

    assert [file.read_text() for file in files] == ["whole", "whole"]
    assert [path.name for path in directory.iterdir()] == ["a.zip"]


def test_a_build_that_fails_leaves_nothing(directory: Path):
    def build(file: Path) -> None:
        file.write_text("half")
        (file.parent / "scratch").mkdir()
        raise BundlingFailed("no network")

    with pytest.raises(BundlingFailed, match="no network"):
        cached("a.zip", build)

    assert [*directory.iterdir()] == []


def test_a_directory_that_cannot_be_written_is_named_with_the_way_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "file").touch()
    monkeypatch.setenv(cache.VARIABLE, str(tmp_path / "file" / "cache"))

    with pytest.raises(BundlingFailed) as failure:
        cached("a.zip", lambda file: None)

    assert str(tmp_path / "file" / "cache") in str(failure.value)
    assert "Set TOKEN_ROTATOR_CACHE to a writable directory" in str(failure.value)


def test_a_directory_that_cannot_be_read_is_named_with_the_way_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv(cache.VARIABLE, str(tmp_path / ("x" * 300)))  # a name that is too long

    with pytest.raises(BundlingFailed, match=r"cannot be read or written .*TOKEN_ROTATOR_CACHE"):
        cached("a.zip", lambda file: None)
