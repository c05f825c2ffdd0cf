"""The question before a key that works is replaced with that of another service account."""

from typing import TextIO

from token_rotator.credential.service_account import ServiceAccount
from token_rotator_cli.console import Console
from token_rotator_cli.errors import NotConfirmed
from token_rotator_cli.upload.current import Current


def question_before(
    current: Current | None, new: ServiceAccount, replaces: str | None
) -> str | None:
    """None: nothing that works is lost, or --replaces has named it."""
    name = _name(current)
    if current is None or not current.works or name in (None, replaces, new.service_account_id):
        return None
    return (
        f"The key of service account {name} works, and the file is of another service account, "
        f"{new.service_account_id}. Without a terminal, --replaces {name} agrees to that."
    )


def ask(question: str, current: Current | None, console: Console, stdin: TextIO) -> None:
    """Consent is the name of the service account that is replaced. Raises NotConfirmed."""
    if not stdin.isatty():
        raise NotConfirmed(f"Nothing was stored. {question}")
    console.note(f"{question} Here, type the name that is replaced:")
    if stdin.readline().strip() != _name(current):
        raise NotConfirmed("Nothing was stored: that is not its name.")


def _name(current: Current | None) -> str | None:
    return current.account.service_account_id if current and current.account else None
