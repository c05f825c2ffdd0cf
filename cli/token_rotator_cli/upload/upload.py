"""``token-rotator upload``: checks the downloaded file, stores it, and waits for a token."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final, TextIO

from token_rotator import urls
from token_rotator.credential.service_account import STORE, ServiceAccount, parse, text_of
from token_rotator.errors import CredentialError
from token_rotator_cli.aws.calls import calling
from token_rotator_cli.aws.clients import Aws
from token_rotator_cli.deployment.find import Deployed
from token_rotator_cli.deployment.secret import describe_key, read_secret
from token_rotator_cli.errors import CallerError
from token_rotator_cli.session import Session
from token_rotator_cli.upload.wait_for_publication import Stored, Watcher

LONGEST_SECRET_BYTES: Final = 64 * 1024
"""AWS Secrets Manager User Guide, "Quotas": a secret value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """The options of the command."""

    file: str
    """A path; ``-`` is stdin."""
    wait: bool


def upload(session: Session, options: Upload, stdin: TextIO) -> int:
    """The exit code.

    Raises CredentialError if the file cannot be used; then nothing is stored. Raises
    ConfigurationError, CallerError, NotPublished.
    """
    content = _read_file(options.file, stdin)
    deployed = session.find_deployment()
    text, account = _account_in(content, deployed)
    session.console.text(f"Found: {_describe(account)}.")
    session.console.text(f"It is for {deployed.settings.rotator}, in {deployed.place}.")
    watcher = Watcher.begin(session, deployed) if options.wait else None
    stored = _store(session.aws, deployed, text)
    published = None
    if stored is None:
        session.console.text("The secret holds this very file already. Nothing was stored.")
    else:
        session.console.text(f"Stored as version {stored.version_id} of the secret.")
        if watcher:
            published = watcher.wait_for_publication(stored)
            session.console.text(published)
    session.console.document(
        {
            "ok": True,
            "service_account": account.service_account_id,
            "stored_version": stored.version_id if stored else None,
            "published": published,
        }
    )
    return 0


def _read_file(name: str, stdin: TextIO) -> bytes:
    """The file's content. Raises CredentialError, which shows none of it."""
    try:
        return stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        raise CredentialError(f"The file {name} cannot be read: {error.strerror}.") from None


def _account_in(content: bytes, deployed: Deployed) -> tuple[str, ServiceAccount]:
    """The text to store, and the service account that the function will read from it."""
    try:
        text = text_of(content)
        account = parse(text, algorithm=deployed.settings.algorithm)
    except CredentialError as error:
        raise type(error)(f"Nothing was stored: the file cannot be used. {error}") from None
    if len(text.encode()) > LONGEST_SECRET_BYTES:
        raise CredentialError(
            f"Nothing was stored: the file is larger than {LONGEST_SECRET_BYTES // 1024} KiB, the "
            f"limit of a secret. {STORE}"
        )
    return text, account


def _store(aws: Aws, deployed: Deployed, text: str) -> Stored | None:
    """Makes the text the secret's current version; None if it is that already.

    The previous version stays as AWSPREVIOUS: the function uses it if the new key is refused.
    """
    try:
        there = read_secret(aws, deployed.settings)
    except (CallerError, CredentialError):
        there = None  # the caller may write and not read, or there is no value yet
    if there is not None and there.value == text:
        return None
    with calling("secretsmanager:PutSecretValue"):
        answer = aws.secrets.put_secret_value(
            SecretId=deployed.settings.secret_arn, SecretString=text
        )
    return Stored(
        version_id=answer["VersionId"], replaced_version_id=there.version_id if there else None
    )


def _describe(account: ServiceAccount) -> str:
    text = f"service account {account.service_account_id}, {describe_key(account.private_key)}"
    if account.discovery_endpoint:
        text += f", discovery endpoint on {urls.host(account.discovery_endpoint)}"
    return text
