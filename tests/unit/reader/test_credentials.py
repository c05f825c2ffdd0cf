"""Credentials that come late, expire or are renewed: the reader finds them without a restart."""

from collections.abc import Callable
from pathlib import Path

import pytest
from botocore.utils import ContainerMetadataFetcher

from tests.support.canned_server import CannedServer, answer
from tests.unit.reader.loopback import parameter, reader_of, refusal
from token_reader import AccessDenied, TokenError, TokenReader
from token_reader.cache import READ_INTERVAL_SECONDS


class Later:
    """A wall clock that can be set ahead, so that the next read is due."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def ticks(self) -> float:
        return self.seconds

    def next_read(self) -> None:
        self.seconds += READ_INTERVAL_SECONDS


@pytest.fixture
def later() -> Later:
    return Later()


def _renewed_in_a_file(environment: pytest.MonkeyPatch, folder: Path) -> None:
    file = folder / "credentials"
    file.write_text("[default]\naws_access_key_id = AKIANEW\naws_secret_access_key = new\n")
    environment.setenv("AWS_SHARED_CREDENTIALS_FILE", str(file))


def _renewed_in_the_environment(environment: pytest.MonkeyPatch, _: Path) -> None:
    environment.setenv("AWS_ACCESS_KEY_ID", "AKIANEW")
    environment.setenv("AWS_SECRET_ACCESS_KEY", "new")


@pytest.mark.parametrize("come", [_renewed_in_a_file, _renewed_in_the_environment])
def test_credentials_that_come_after_the_first_read_are_found(
    aws_environment: pytest.MonkeyPatch,
    tmp_path: Path,
    later: Later,
    come: Callable[[pytest.MonkeyPatch, Path], None],
):
    aws_environment.delenv("AWS_ACCESS_KEY_ID")
    with CannedServer(parameter()) as server:
        reader = reader_of(server, aws_environment, ticks=later.ticks)
        with pytest.raises(AccessDenied, match="no AWS credentials"):
            reader.get()

        come(aws_environment, tmp_path)
        later.next_read()

        assert reader.get().value == "abc"
    assert b"AKIANEW" in server.requests[-1]


def test_a_file_whose_keys_expired_and_were_renewed_is_read_again(
    aws_environment: pytest.MonkeyPatch, tmp_path: Path, later: Later
):
    """The variables stay as they are: the file that they name changes."""
    aws_environment.delenv("AWS_ACCESS_KEY_ID")
    file = tmp_path / "credentials"
    aws_environment.setenv("AWS_SHARED_CREDENTIALS_FILE", str(file))
    file.write_text("[default]\naws_access_key_id = AKIAOLD\naws_secret_access_key = old\n")
    with CannedServer(refusal("ExpiredTokenException"), parameter()) as server:
        reader = reader_of(server, aws_environment, ticks=later.ticks)
        with pytest.raises(AccessDenied, match="expired") as caught:
            reader.get()
        assert caught.value.layer == "credentials"

        _renewed_in_a_file(aws_environment, tmp_path)
        later.next_read()

        assert reader.get().value == "abc"
    assert b"AKIAOLD" in server.requests[0]
    assert b"AKIANEW" in server.requests[1]


def test_a_metadata_service_that_recovers_is_asked_again(
    aws_environment: pytest.MonkeyPatch, later: Later
):
    aws_environment.delenv("AWS_ACCESS_KEY_ID")
    aws_environment.setattr(ContainerMetadataFetcher, "SLEEP_TIME", 0)
    given = (
        b'{"AccessKeyId": "AKIANEW", "SecretAccessKey": "new", "Token": "t",'
        b' "Expiration": "2099-01-01T00:00:00Z"}'
    )
    broken = answer(500)
    with CannedServer(broken, broken, broken, answer(200, given)) as metadata:
        aws_environment.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", f"{metadata.url}/creds")
        with CannedServer(parameter()) as server:
            reader = reader_of(server, aws_environment, ticks=later.ticks)
            with pytest.raises(TokenError) as caught:
                reader.get()
            assert (caught.value.layer, caught.value.retry_helps) == ("credentials", True)

            later.next_read()

            assert reader.get().value == "abc"
    assert b"AKIANEW" in server.requests[-1]


def test_other_readers_keep_the_client_until_they_fail_themselves(
    aws_environment: pytest.MonkeyPatch, later: Later
):
    with CannedServer(parameter(), refusal("ExpiredTokenException"), parameter()) as server:
        first = reader_of(server, aws_environment, ticks=later.ticks)
        second = reader_of(server, aws_environment, ticks=later.ticks)
        first.get()
        with pytest.raises(AccessDenied):
            second.get()
        shared = _client(first)
        assert _client(second) is None

        later.next_read()
        second.get()

        assert _client(second) is not shared
        assert _client(first) is shared


def _client(reader: TokenReader) -> object:
    return reader._parameter._client  # noqa: SLF001
