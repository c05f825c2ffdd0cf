"""``token-rotator upload``: checks the downloaded file, stores it, and waits for a token."""

from dataclasses import dataclass
from typing import TextIO

from token_rotator.errors import CredentialError
from token_rotator_cli.aws.calls import calling
from token_rotator_cli.aws.clients import Aws
from token_rotator_cli.deployment.find import Deployed
from token_rotator_cli.deployment.secret import read_secret
from token_rotator_cli.downloaded_file import account_in, describe, read_file
from token_rotator_cli.errors import CallerError
from token_rotator_cli.session import Session
from token_rotator_cli.upload.wait_for_publication import Stored, Watcher


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
    content = read_file(options.file, stdin)
    deployed = session.find_deployment()
    try:
        text, account = account_in(content, algorithm=deployed.settings.algorithm)
    except CredentialError as error:
        raise type(error)(f"Nothing was stored: the file cannot be used. {error}") from None
    session.console.text(f"Found: {describe(account)}.")
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
