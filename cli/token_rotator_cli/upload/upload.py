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
from token_rotator_cli.upload.consent import ask, question_before
from token_rotator_cli.upload.current import Current, read_current
from token_rotator_cli.upload.use import Use, use_of
from token_rotator_cli.upload.wait_for_publication import Stored, Watcher


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
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
class Outcome:
    """The outcome of an upload."""

    stored_version: str | None = None
    use: Use | None = None
    """None: the command did not wait."""
    forgotten_version: str | None = None
    """The version that lost its label."""


def upload(session: Session, options: Upload, stdin: TextIO) -> int:
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
    is_there = current is not None and current.value == text
    run = _Run(session=session, deployed=deployed, options=options)
    if current is not None and is_there:
        outcome = run.again(current)
    else:
        run.agree(current, account, stdin)
        outcome = Outcome() if options.dry_run else run.store(text, current)
    session.console.document(
        {
            "ok": True,
            "dry_run": options.dry_run,
            "service_account": account.service_account_id,
            "replaces": current.as_json() if current and not is_there else None,
            "stored_version": outcome.stored_version,
            "published": outcome.use.because if outcome.use else None,
            "forgotten_version": outcome.forgotten_version,
        }
    )
    return 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    session: Session
    deployed: Deployed
    options: Upload

    def again(self, current: Current) -> Outcome:
        """Handles a file that is stored already.

        Raises NotPublished if the function cannot use it.
        """
        self._say("The secret already contains this file. Nothing was stored.")
        use = use_of(self.session, self.deployed, current.version)
        self._say(use.because)
        return Outcome(use=use, forgotten_version=self._forget(current.version_id, use))

    def agree(self, current: Current | None, new: ServiceAccount, stdin: TextIO) -> None:
        """Shows what is replaced, and asks for confirmation if needed.

        Raises NotConfirmed, WrongRegion.
        """
        secret.arn_of(self.session.aws, self.deployed.settings)
        if current is None:
            self._say("It replaces nothing, or a version that your credentials cannot read.")
        else:
            self._say(f"It replaces {current.described}.")
        question = question_before(current, new, self.options.replaces)
        if self.options.dry_run:
            self._say(f"{question or ''} Dry run: nothing was stored.".lstrip())
        elif question:
            ask(question, current, self.session.console, stdin)

    def store(self, text: str, current: Current | None) -> Outcome:
        """Stores the file and waits for a token. Raises NotPublished, NotForgotten, CallerError."""
        watcher = Watcher.begin(self.session, self.deployed) if self.options.wait else None
        version = secret.store(self.session.aws, self.deployed.settings, text)
        self._say(f"Stored as version {version} of the secret.")
        if watcher is None:
            return Outcome(stored_version=version)
        use = watcher.wait_for_publication(
            Stored(version_id=version, replaced_version_id=current.version_id if current else None)
        )
        self._say(use.because)
        return Outcome(
            stored_version=version, use=use, forgotten_version=self._forget(version, use)
        )

    def _forget(self, current: str, use: Use) -> str | None:
        if not self.options.forget_previous or self.options.dry_run:
            return None
        if not use.proven:
            raise NotForgotten(
                "The previous version is kept, because it is unknown whether the function uses the "
                f"new key. {use.because} Upload the same file again when it does."
            )
        forgotten = secret.forget_previous(
            self.session.aws, self.deployed.settings, current=current
        )
        what = f"Version {forgotten} is no longer" if forgotten else "No version is"
        self._say(f"{what} AWSPREVIOUS: the function cannot fall back to another key.")
        return forgotten

    def _say(self, text: str) -> None:
        self.session.console.text(text)
