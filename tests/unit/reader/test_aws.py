"""The reader with boto3's client and moto."""

import json
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from moto import mock_aws

from tests.unit.reader.scenario import NAME
from token_reader import AccessDenied, TokenReader, TokenUnavailable, clients
from token_reader.cache import JITTER_SHARE
from token_reader.record import FETCH_AHEAD

if TYPE_CHECKING:
    from mypy_boto3_ssm import SSMClient


@pytest.fixture
def ssm(monkeypatch: pytest.MonkeyPatch) -> Iterator["SSMClient"]:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    with mock_aws():
        yield boto3.client("ssm")


def test_without_a_client_the_reader_creates_one(ssm: "SSMClient"):
    now = int(time.time())
    record = {
        "access_token": "abc",
        "token_type": "Bearer",
        "issued_at": now,
        "expires_at": now + 300,
    }
    ssm.put_parameter(Name=NAME, Value=json.dumps(record), Type="SecureString")

    assert TokenReader(NAME).get().value == "abc"


def test_a_parameter_that_does_not_exist(ssm: "SSMClient"):
    with pytest.raises(TokenUnavailable, match="does not exist"):
        TokenReader(NAME, ssm).get()


def test_a_read_by_the_readers_own_client_ends_before_the_token_expires(ssm: "SSMClient"):
    """Even if every attempt hangs and the process has drawn the largest jitter."""
    config: Any = clients.shared(None).meta.config
    attempts = config.retries["total_max_attempts"]

    longest = attempts * (config.connect_timeout + config.read_timeout)

    assert longest < FETCH_AHEAD.total_seconds() * (1 - JITTER_SHARE)


def test_the_error_names_a_missing_region_or_missing_credentials(monkeypatch: pytest.MonkeyPatch):
    for variable in ("AWS_DEFAULT_REGION", "AWS_ACCESS_KEY_ID", "AWS_PROFILE"):
        monkeypatch.delenv(variable, raising=False)
    for variable in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(variable, "/nonexistent")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")

    with pytest.raises(TokenUnavailable, match="AWS_DEFAULT_REGION") as caught:
        TokenReader(NAME).get()
    assert not caught.value.retry_helps

    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    with pytest.raises(AccessDenied, match="credentials"):
        TokenReader(NAME).get()
