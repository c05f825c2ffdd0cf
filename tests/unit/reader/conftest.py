"""Fixtures of the reader's tests."""

import pytest

from tests.unit.reader.scenario import ReaderScenario


@pytest.fixture
def scenario() -> ReaderScenario:
    return ReaderScenario()


@pytest.fixture
def anyio_backend() -> str:
    """anyio, which httpx depends on, runs the coroutine tests in asyncio."""
    return "asyncio"
