"""What does a person see? Results on stdout, progress on stderr and only on a terminal."""

import json
import shutil
import textwrap
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, TextIO

_GAP: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Console:
    """Plain ASCII, no colours."""

    out: TextIO
    err: TextIO

    def say(self, text: str) -> None:
        """A sentence."""
        self._lines(self.out, text, indent=0)

    def complain(self, text: str) -> None:
        """Why the command failed."""
        self._lines(self.err, text, indent=0)

    def note(self, text: str) -> None:
        """What is no result: it stays out of the way of pipes and of JSON."""
        self._lines(self.err, text, indent=0)

    def row(self, *columns: str, widths: tuple[int, ...]) -> None:
        """A row of a table; the last column is wrapped below itself."""
        *first, last = columns
        lead = "".join(cell.ljust(width + _GAP) for cell, width in zip(first, widths, strict=True))
        self._lines(self.out, lead + last, indent=len(lead))

    def dump(self, document: Mapping[str, object]) -> None:
        """JSON, for programs."""
        print(json.dumps(document, indent=2), file=self.out, flush=True)

    @contextmanager
    def progress(self, text: str) -> Iterator[None]:
        """Says what is under way until the block ends; the line is gone afterwards."""
        if not self.err.isatty():
            yield
            return
        shown = f"{text} ..."[: shutil.get_terminal_size().columns - 1]
        print(f"\r{shown}", end="", file=self.err, flush=True)
        try:
            yield
        finally:
            print(f"\r{' ' * len(shown)}\r", end="", file=self.err, flush=True)

    def _lines(self, stream: TextIO, text: str, *, indent: int) -> None:
        # whole lines for pipes and logs, where grep reads them
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
    """A time of day, for people."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
