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

    A command calls ``show_place`` first, and both ``text`` and ``document`` at its end. ``--json``
    selects which of them is printed.
    """

    out: TextIO
    err: TextIO
    as_json: bool = False
    place: Place = field(default_factory=Place)
    """The place in every JSON document."""

    def show_place(self, place: Place) -> None:
        """Prints the place in one line, and keeps it for the document."""
        self.place = place
        self.note(str(place))

    def text(self, text: str) -> None:
        """Prints text of the result."""
        if not self.as_json:
            self._print(self.out, text, indent=0)

    def verbatim(self, text: str) -> None:
        """Prints text without wrapping, for results that people copy or redirect."""
        if not self.as_json:
            print(text, file=self.out, flush=True)

    def row(self, *columns: str, widths: tuple[int, ...]) -> None:
        """Prints a row of a table. The last column is wrapped."""
        if self.as_json:
            return
        *first, last = columns
        lead = "".join(cell.ljust(width + _GAP) for cell, width in zip(first, widths, strict=True))
        self._print(self.out, lead + last, indent=len(lead))

    def document(self, document: Mapping[str, object]) -> None:
        """Prints the result as JSON. It begins with ``ok`` and the place."""
        if self.as_json:
            whole = {"ok": document["ok"], **self.place.as_json(), **document}
            print(json.dumps(whole, indent=2), file=self.out, flush=True)

    def note(self, text: str) -> None:
        """Prints a message that is not part of the result, such as an error, on stderr."""
        self._print(self.err, text, indent=0)

    @contextmanager
    def progress(self, text: str) -> Iterator[None]:
        """Shows progress until the block ends, only on a terminal."""
        if not self.err.isatty():
            yield
            return
        line = f"{text} ..."[: shutil.get_terminal_size().columns - 1]
        print(f"\r{line}", end="", file=self.err, flush=True)
        try:
            yield
        finally:
            print(f"\r{' ' * len(line)}\r", end="", file=self.err, flush=True)

    def _print(self, stream: TextIO, text: str, *, indent: int) -> None:
        # no wrapping in pipes and files, so that grep works
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
    """Formats a time like ``2026-11-24 12:00:00 UTC``."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
