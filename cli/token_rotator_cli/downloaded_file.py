"""Reads and checks the file downloaded from Intelligence."""

from pathlib import Path
from typing import Final, TextIO

from token_rotator import urls
from token_rotator.contract import Algorithm
from token_rotator.credential.private_key import describe_key
from token_rotator.credential.service_account import HOW_TO_STORE, ServiceAccount, parse, text_of
from token_rotator.errors import CredentialError

MAX_SECRET_BYTES: Final = 64 * 1024
"""AWS Secrets Manager User Guide, "Quotas": a secret value."""


def read_file(name: str, stdin: TextIO) -> bytes:
    """The file's content; ``-`` is stdin. Raises CredentialError, which contains none of it."""
    try:
        return stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        raise CredentialError(f"The file {name} cannot be read: {error.strerror}.") from None


def account_in(content: bytes, *, algorithm: Algorithm) -> tuple[str, ServiceAccount]:
    """The text to store, and the service account in it.

    Raises CredentialError with a message that follows "the file cannot be used".
    """
    text = text_of(content)
    account = parse(text, algorithm=algorithm)
    if len(text.encode()) > MAX_SECRET_BYTES:
        raise CredentialError(
            f"It is larger than {MAX_SECRET_BYTES // 1024} KiB, the limit of a secret. "
            f"{HOW_TO_STORE}"
        )
    return text, account


def describe(account: ServiceAccount) -> str:
    """Describes the client, the type of its key and its discovery host, without key material."""
    text = f"service account {account.service_account_id}, {describe_key(account.private_key)}"
    if account.discovery_endpoint:
        text += f", discovery endpoint on {urls.host(account.discovery_endpoint)}"
    return text
