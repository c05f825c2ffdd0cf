"""Fixtures of the reader's tests."""

import gc
import os
from collections.abc import Iterator

import pytest

from tests.unit.reader.scenario import ReaderScenario
from token_reader import TokenReader


@pytest.fixture
def scenario() -> ReaderScenario:
    return ReaderScenario()


@pytest.fixture
def anyio_backend() -> str:
    """anyio, which httpx depends on, runs the coroutine tests in asyncio."""
    return "asyncio"


@pytest.fixture
def aws_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[pytest.MonkeyPatch]:
    """An environment with a region and credentials, and no configuration of the developer's."""
    nothing = tmp_path_factory.mktemp("aws")
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name, value in {
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_ACCESS_KEY_ID": "AKIAOWN",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_CONFIG_FILE": str(nothing / "config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(nothing / "credentials"),
        "AWS_EC2_METADATA_DISABLED": "true",
    }.items():
        monkeypatch.setenv(name, value)
    yield monkeypatch
    gc.collect()  # the clients of this environment


@pytest.fixture
def reader(scenario: ReaderScenario) -> TokenReader:
    """A reader two seconds after it has read token-1."""
    scenario.publish()
    reader = scenario.reader()
    reader.get()
    scenario.clock.advance(seconds=2)
    return reader
