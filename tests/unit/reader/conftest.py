"""What the reader's tests share."""

import pytest

from tests.unit.reader.world import World


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def anyio_backend() -> str:
    """Coroutine tests run in asyncio; anyio, which comes with httpx, runs them."""
    return "asyncio"
