"""``token-rotator upload``: checks the downloaded file, stores it, and waits for a token."""

from dataclasses import dataclass
from typing import TextIO

from token_rotator.credential.service_account import ServiceAccount
from token_rotator.errors import CredentialError
from token_rotator_cli.deployment import secret
from token_rotator_cli.deployment.find import Deployed
from token_rotator_cli.downloaded_file import account_in, describe, read_file
from token_rotator_cli.errors import NotForgotten, UsageError
from token_rotator_cli.session import Session
from token_rotator_cli.upload.confirmation import confirm, confirmation_question
from token_rotator_cli.upload.current import Current, read_current
from token_rotator_cli.upload.key_use import KeyUse, last_key_use
from token_rotator_cli.upload.wait_for_publication import Watcher


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadOptions:
    """The options of the command."""

    file: str
    """A path; ``-`` is stdin."""
    wait: bool
    dry_run: bool
    forget_previous: bool
    """Whether to remove AWSPREVIOUS from the replaced version."""
    replaces: str | None
    """The service account whose working key may be replaced."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadResult:
    """The outcome of an upload."""

    stored_version: str | None = None
    use: KeyUse | None = None
    """None: the command did not wait."""
    forgotten_version: str | None = None
    """The version that lost its label."""


def upload(session: Session, options: UploadOptions, stdin: TextIO) -> int:
    """Runs the command and returns the exit code.

    Raises CredentialError or NotConfirmed if nothing was stored. Raises NotPublished, NotForgotten,
    WrongRegion, UsageError, ConfigurationError, CallerError.
    """
    if options.forget_previous and not options.wait:
        raise UsageError("--forget-previous waits until the new key works: leave out --no-wait.")
    content = read_file(options.file, stdin)
    deployed = session.find_deployment()
    try:
        text, account = account_in(content, algorithm=deployed.settings.algorithm)
    except CredentialError as error:
        raise type(error)(f"Nothing was stored: the file cannot be used. {error}") from None
    session.console.text(f"Found: {describe(account)}.")
    current = read_current(session, deployed)
    is_stored = current is not None and current.version.value == text
    run = _Upload(session=session, deployed=deployed, options=options)
    if current is not None and is_stored:
        result = run.report_stored(current)
    else:
        run.ask_to_replace(current, account, stdin)
        result = UploadResult() if options.dry_run else run.store(text)
    session.console.document(
        {
            "ok": True,
            "dry_run": options.dry_run,
            "service_account": account.service_account_id,
            "replaces": current.as_json() if current and not is_stored else None,
            "stored_version": result.stored_version,
            "published": result.use.message if result.use else None,
            "forgotten_version": result.forgotten_version,
        }
    )
    return 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Upload:
    session: Session
    deployed: Deployed
    options: UploadOptions

    def report_stored(self, current: Current) -> UploadResult:
        """Handles a file that is stored already.

        Raises NotPublished if the function cannot use it.
        """
        self._show("The secret already contains this file. Nothing was stored.")
        use = last_key_use(self.session, self.deployed, current.version)
        self._show(use.message)
        forgotten = self._forget(current.version.version_id, use)
        return UploadResult(use=use, forgotten_version=forgotten)

    def ask_to_replace(self, current: Current | None, new: ServiceAccount, stdin: TextIO) -> None:
        """Shows what is replaced, and asks for confirmation if needed.

        Raises NotConfirmed, WrongRegion.
        """
        secret.checked_arn(self.session.aws, self.deployed.settings)
        if current is None:
            self._show("It replaces nothing, or a version that your credentials cannot read.")
        else:
            self._show(f"It replaces {current.described}.")
        question = confirmation_question(current, new, self.options.replaces)
        if self.options.dry_run:
            self._show(f"{question or ''} Dry run: nothing was stored.".lstrip())
        elif question:
            confirm(question, current, self.session.console, stdin)

    def store(self, text: str) -> UploadResult:
        """Stores the file and waits for a token. Raises NotPublished, NotForgotten, CallerError."""
        watcher = Watcher.start(self.session, self.deployed) if self.options.wait else None
        version = secret.store(self.session.aws, self.deployed.settings, text)
        self._show(f"Stored as version {version} of the secret.")
        if watcher is None:
            return UploadResult(stored_version=version)
        use = watcher.wait_for_publication(version)
        self._show(use.message)
        forgotten = self._forget(version, use)
        return UploadResult(stored_version=version, use=use, forgotten_version=forgotten)

    def _forget(self, current: str, use: KeyUse) -> str | None:
        if not self.options.forget_previous or self.options.dry_run:
            return None
        if not use.is_certain:
            raise NotForgotten(
                "The previous version is kept, because it is unknown whether the function uses the "
                f"new key. {use.message} Upload the same file again when it does."
            )
        forgotten = secret.forget_previous(
            self.session.aws, self.deployed.settings, current=current
        )
        what = f"Version {forgotten} is no longer" if forgotten else "No version is"
        self._show(f"{what} AWSPREVIOUS: the function cannot fall back to another key.")
        return forgotten

    def _show(self, text: str) -> None:
        self.session.console.text(text)
