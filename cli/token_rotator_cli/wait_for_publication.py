"""Did a stored key lead to a published token? The function's log says, or the parameter."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from token_rotator.contract import Outcome
from token_rotator.errors import PublicationError
from token_rotator_cli import published
from token_rotator_cli.aws import Aws
from token_rotator_cli.console import Console
from token_rotator_cli.deployment import Deployed
from token_rotator_cli.errors import CallerError, NotPublished
from token_rotator_cli.rotation_log import Entry, Journal
from token_rotator_cli.upload import Stored

LONGEST_WAIT: Final = timedelta(seconds=120)
PAUSE_SECONDS: Final = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """Begun before the key is stored, so that what was there before does not count."""

    aws: Aws
    deployed: Deployed
    journal: Journal
    now: Callable[[], datetime]
    sleep: Callable[[float], None]
    seen: frozenset[str] | None
    """Rotations that were logged before; None: the caller may not read the log."""
    version: int | None
    """Of the parameter."""

    @classmethod
    def begin(
        cls, aws: Aws, deployed: Deployed, journal: Journal, sleep: Callable[[float], None]
    ) -> "Watch":
        """Looks at what is there."""
        try:
            seen = frozenset(entry.request_id for entry in journal.recent())
        except CallerError:
            seen = None
        return cls(
            aws=aws,
            deployed=deployed,
            journal=journal,
            now=journal.now,
            sleep=sleep,
            seen=seen,
            version=_version(aws, deployed),
        )

    def until_published(self, stored: Stored, console: Console) -> None:
        """Returns when a token for the stored key is published. Raises NotPublished, CallerError.

        Where the caller may not read the log, any new version of the parameter has to do.
        """
        deadline = self.now() + LONGEST_WAIT
        with console.progress("Waiting for the function to publish a token for it"):
            told = None
            while told is None:
                self.sleep(PAUSE_SECONDS)
                told = self._by_parameter() if self.seen is None else self._by_log(stored)
                if told is None and self.now() > deadline:
                    raise NotPublished(
                        f"No token was published for it within {LONGEST_WAIT.seconds} s. "
                        f"{self._why_not(stored)}"
                    )
        console.say(told)

    def _by_log(self, stored: Stored) -> str | None:
        for entry in self._news(stored):
            if entry.outcome == Outcome.PUBLISHED and not entry.previous_key_used:
                return f"Published by a rotation ({entry.trigger}) that used it."
            if not entry.retry_helps:
                raise NotPublished(f"The new key does not work. {_reason(entry)}")
        return None

    def _why_not(self, stored: Stored) -> str:
        news = [] if self.seen is None else self._news(stored)
        if news:
            return news[-1].says
        return "No rotation has used it yet: `rotate` makes one, `check` says what is wrong."

    def _news(self, stored: Stored) -> list[Entry]:
        """Rotations that tried the new version, and those that fell back from it."""
        return [
            entry
            for entry in self.journal.recent()
            if entry.request_id not in (self.seen or ())
            and (
                entry.secret_version == stored.version_id
                or (entry.secret_version == stored.replaced_version_id and entry.warnings)
            )
        ]

    def _by_parameter(self) -> str | None:
        version = _version(self.aws, self.deployed)
        if version is None or version == self.version:
            return None
        return (
            f"Version {version} of the parameter was published since. "
            "You may not read the function's log, which says with which key."
        )


def _reason(entry: Entry) -> str:
    if entry.previous_key_used:
        return f"Consumers still get tokens, with the previous key. {' '.join(entry.warnings)}"
    return entry.says


def _version(aws: Aws, deployed: Deployed) -> int | None:
    try:
        return published.read(aws, deployed.settings).version
    except (PublicationError, CallerError):
        return None
