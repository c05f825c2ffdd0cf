"""The clients as Lambda's environment makes them."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from tests.support.in_lambda import in_lambda
from token_rotator.aws.clients import AwsClients

Connect = Callable[..., AwsClients]


@pytest.fixture
def connect(monkeypatch: pytest.MonkeyPatch) -> Connect:
    """Makes the clients in Lambda's environment with further variables."""

    def made(**variables: str) -> AwsClients:
        in_lambda(monkeypatch, **variables)
        return AwsClients.from_environment(now=lambda: datetime.now(UTC))

    return made
