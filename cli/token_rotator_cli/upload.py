"""How does a downloaded file become the key that counts? Looked at, stored, and seen to work."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final, TextIO

from token_rotator import urls
from token_rotator.credential.secret_store import CURRENT
from token_rotator.credential.service_account import STORE, ServiceAccount, parse
from token_rotator.errors import CredentialError
from token_rotator_cli.aws import Aws, calling
from token_rotator_cli.console import Console
from token_rotator_cli.deployment import Deployed
from token_rotator_cli.errors import CallerError
from token_rotator_cli.private_keys import described

LONGEST_FILE_BYTES: Final = 64 * 1024
"""AWS Secrets Manager User Guide, "Quotas": a secret value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """The new version of the secret, and the one that it took the place of."""

    version_id: str
    replaced_version_id: str | None
    """None: there was none, or the caller may not see it."""


def read(name: str, stdin: TextIO) -> str:
    """The file's text; ``-`` stands for stdin. Raises CredentialError, which shows none of it."""
    try:
        content = stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        raise CredentialError(f"The file {name} cannot be read: {error.strerror}.") from None
    if len(content) > LONGEST_FILE_BYTES:
        raise CredentialError(f"The file has more than {LONGEST_FILE_BYTES // 1024} KiB. {STORE}")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        # from None: the decoder's exception carries the content
        raise CredentialError(f"The file is no text in UTF-8. {STORE}") from None


def store(aws: Aws, deployed: Deployed, text: str, console: Console) -> Stored | None:
    """The file's text as the secret's current version, unless it is that already: then None.

    The version before stays as AWSPREVIOUS: the function falls back on it where the new key is
    refused. Raises CredentialError, and then nothing is stored, and CallerError.
    """
    try:
        account = parse(text, algorithm=deployed.settings.algorithm)
    except CredentialError as error:
        raise type(error)(f"Nothing was stored: the file cannot be used. {error}") from None
    console.say(f"Found: {_described(account)}.")
    secret_id = deployed.settings.secret_arn
    there, replaced = _current(aws, secret_id)
    if there == text:
        console.say("The secret holds this very file already; nothing was stored.")
        return None
    with calling("secretsmanager:PutSecretValue"):
        answer = aws.secrets.put_secret_value(SecretId=secret_id, SecretString=text)
    console.say(f"Stored as version {answer['VersionId']} of the secret.")
    return Stored(version_id=answer["VersionId"], replaced_version_id=replaced)


def _current(aws: Aws, secret_id: str) -> tuple[str | None, str | None]:
    """What is there now; who may only write may not know."""
    try:
        with calling("secretsmanager:GetSecretValue"):
            answer = aws.secrets.get_secret_value(SecretId=secret_id, VersionStage=CURRENT)
    except CallerError:
        return None, None
    return answer.get("SecretString"), answer["VersionId"]


def _described(account: ServiceAccount) -> str:
    text = f"service account {account.service_account_id}, {described(account.private_key)}"
    if account.discovery_endpoint:
        text += f", discovery endpoint on {urls.host(account.discovery_endpoint)}"
    return text
