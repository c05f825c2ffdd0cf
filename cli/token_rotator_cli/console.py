"""Output: results on stdout, as text or as JSON; errors and progress on stderr."""

import json
import shutil
import textwrap
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final, TextIO

from token_rotator_cli.place import Place

_GAP: Final = 2


@dataclass(slots=True, kw_only=True)
class Console:
    """Plain ASCII without colours.

    A command calls ``works_in`` before it does anything, and at its end both ``text`` and
    ``document``; ``--json`` decides which of them is printed.
    """

    out: TextIO
    err: TextIO
    as_json: bool = False
    place: Place = field(default_factory=Place)
    """What every document says of it."""

    def works_in(self, place: Place) -> None:
        """Says in one line where the command works, and remembers it for the document."""
        self.place = place
        self.note(str(place))

    def text(self, text: str) -> None:
        """A sentence of the result, for people."""
        if not self.as_json:
            self._print(self.out, text, indent=0)

    def verbatim(self, text: str) -> None:
        """A result that people copy or redirect: it is not wrapped."""
        if not self.as_json:
            print(text, file=self.out, flush=True)

    def row(self, *columns: str, widths: tuple[int, ...]) -> None:
        """A row of a table, for people; the last column is wrapped below itself."""
        if self.as_json:
            return
        *first, last = columns
        lead = "".join(cell.ljust(width + _GAP) for cell, width in zip(first, widths, strict=True))
        self._print(self.out, lead + last, indent=len(lead))

    def document(self, document: Mapping[str, object]) -> None:
        """The whole result, for programs. It begins with ``ok`` and where the command worked."""
        if self.as_json:
            whole = {"ok": document["ok"], **self.place.as_json(), **document}
            print(json.dumps(whole, indent=2), file=self.out, flush=True)

    def error(self, text: str) -> None:
        """The reason why the command failed."""
        self._print(self.err, text, indent=0)

    def note(self, text: str) -> None:
        """A sentence that is no result; it does not disturb pipes or JSON."""
        self._print(self.err, text, indent=0)

    @contextmanager
    def progress(self, text: str) -> Iterator[None]:
        """Shows what is under way until the block ends, on a terminal only."""
        if not self.err.isatty():
            yield
            return
        shown = f"{text} ..."[: shutil.get_terminal_size().columns - 1]
        print(f"\r{shown}", end="", file=self.err, flush=True)
        try:
            yield
        finally:
            print(f"\r{' ' * len(shown)}\r", end="", file=self.err, flush=True)

    def _print(self, stream: TextIO, text: str, *, indent: int) -> None:
        # a pipe or a file gets whole lines, so that grep finds them
        width = shutil.get_terminal_size().columns if stream.isatty() else 0
        if width > indent + 20 and len(text) > width:
            rest = textwrap.fill(
                text[indent:],
                width - indent,
                break_long_words=False,
                break_on_hyphens=False,
            )
            text = text[:indent] + textwrap.indent(rest, " " * indent).lstrip()
        print(text, file=stream, flush=True)


def moment(at: datetime) -> str:
    """A date and time, for people: ``2026-11-24 12:00:00 UTC``."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
