"""Asks for confirmation before replacing a working key with another service account's."""

from typing import TextIO

from token_rotator.credential.service_account import ServiceAccount
from token_rotator_cli.console import Console
from token_rotator_cli.errors import NotConfirmed
from token_rotator_cli.upload.current import Current


def confirmation_question(
    current: Current | None, new: ServiceAccount, replaces: str | None
) -> str | None:
    """The question to ask. None: no working key is lost, or --replaces confirms it."""
    name = _name(current)
    if current is None or not current.works or name in (None, replaces, new.service_account_id):
        return None
    return (
        f"The key of service account {name} works, but the file is for another service account, "
        f"{new.service_account_id}. Without a terminal, confirm with --replaces {name}."
    )


def confirm(question: str, current: Current | None, console: Console, stdin: TextIO) -> None:
    """Asks for the name of the replaced service account. Raises NotConfirmed."""
    if not stdin.isatty():
        raise NotConfirmed(f"Nothing was stored. {question}")
    console.note(f"{question} To confirm, type the name of the replaced service account:")
    if stdin.readline().strip() != _name(current):
        raise NotConfirmed("Nothing was stored: the name does not match.")


def _name(current: Current | None) -> str | None:
    return current.account.service_account_id if current and current.account else None
