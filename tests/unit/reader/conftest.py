"""What the reader's tests share."""

import pytest

from tests.unit.reader.world import ReaderScenario


@pytest.fixture
def world() -> ReaderScenario:
    return ReaderScenario()


@pytest.fixture
def anyio_backend() -> str:
    """Coroutine tests run in asyncio; anyio, which comes with httpx, runs them."""
    return "asyncio"
