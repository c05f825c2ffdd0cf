"""The live view: a panel on a terminal, or one line for each change if there is no terminal."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from local.observation.state import Snapshot
from token_rotator.contract import Outcome
from token_rotator_cli.deployment.rotation_log import LoggedRotation

_STYLES: Final[Mapping[str, str]] = {
    Outcome.PUBLISHED: "green",
    Outcome.FAILED: "red",
    Outcome.WAITING: "yellow",
}
_LOW: Final = timedelta(seconds=60)
_LATEST: Final = 8
"""Rotations in the panel."""


class View:
    """Shows snapshots until it is interrupted."""

    def __init__(self, console: Console, *, parameter_name: str) -> None:
        self._console = console
        self._parameter_name = parameter_name

    def show(self, snapshots: Iterator[Snapshot]) -> None:
        """Shows each snapshot, and returns when they end."""
        if not self._console.is_terminal:
            self._print_changes(snapshots)
            return
        with Live(console=self._console, auto_refresh=False) as live:
            for snapshot in snapshots:
                live.update(panel(self._parameter_name, snapshot), refresh=True)

    def _print_changes(self, snapshots: Iterator[Snapshot]) -> None:
        before: Snapshot | None = None
        for snapshot in snapshots:
            for text in changes(before, snapshot):
                self._console.print(text, markup=False, highlight=False, soft_wrap=True)
            before = snapshot


def changes(before: Snapshot | None, after: Snapshot) -> Iterator[str]:
    """One line for a new parameter version and for each rotation that kept or failed."""
    known = before.recent if before else ()
    for entry in after.recent:
        if entry not in known:
            yield f"{_clock(entry.at)}  {_describe(entry)}"
    worked_before = before is None or before.reads == before.reads_that_worked
    if worked_before and after.reads != after.reads_that_worked:
        yield f"{_clock(after.at)}  a consumer found no working token"


def panel(parameter_name: str, snapshot: Snapshot) -> RenderableType:
    """The panel that shows a snapshot."""
    rows = Table.grid(padding=(0, 2))
    rows.add_column(style="dim", justify="right")
    rows.add_column()
    rows.add_row("parameter", Text(parameter_name, style="bold"))
    published = snapshot.published
    if published is None:
        rows.add_row("version", Text("none yet", style="yellow"))
    else:
        rows.add_row("version", str(published.version))
        rows.add_row("token", f"{published.token_fingerprint}  (fingerprint)")
        rows.add_row("age", _seconds(snapshot.at - published.issued_at))
        left = published.expires_at - snapshot.at
        rows.add_row("life left", _life(left, published.expires_at - published.issued_at))
    rows.add_row("published by", _or_none(snapshot.published_by, _rotation))
    rows.add_row("last error", _or_none(snapshot.last_failure, _failure))
    counts = [f"{count} {outcome}" for outcome, count in snapshot.outcomes.items()]
    rows.add_row("rotations", ", ".join(counts) or "none yet")
    rows.add_row("consumer", _reads(snapshot))
    history = Table.grid(padding=(0, 2))
    for entry in snapshot.recent[-_LATEST:]:
        history.add_row(Text(_clock(entry.at), style="dim"), _coloured(entry))
    return Panel(
        Group(rows, Text(), history),
        title="credential rotator",
        subtitle="Ctrl-C stops everything",
        border_style="dim",
    )


def _life(left: timedelta, whole: timedelta) -> RenderableType:
    seconds = max(0.0, left.total_seconds())
    style = "red" if left <= timedelta() else "yellow" if left < _LOW else "green"
    bar = ProgressBar(
        total=whole.total_seconds(), completed=seconds, width=40, complete_style=style,
        finished_style=style,
    )  # fmt: skip
    line = Table.grid(padding=(0, 1))
    line.add_row(bar, Text(f"{seconds:.0f} s" if seconds else "expired", style=style))
    return line


def _reads(snapshot: Snapshot) -> Text:
    if not snapshot.reads:
        return Text("waits for the first token", style="yellow")
    missed = snapshot.reads - snapshot.reads_that_worked
    text = f"{snapshot.reads_that_worked} of {snapshot.reads} reads gave a token that worked"
    return Text(text, style="red" if missed else "green")


def _or_none(entry: LoggedRotation | None, format_entry: Callable[[LoggedRotation], Text]) -> Text:
    return format_entry(entry) if entry else Text("none", style="dim")


def _rotation(entry: LoggedRotation) -> Text:
    return Text(f"{entry.trigger}, {_clock(entry.at)}")


def _failure(entry: LoggedRotation) -> Text:
    return Text(f"{_clock(entry.at)}  {entry.error}: {entry.error_message}", style="red")


def _coloured(entry: LoggedRotation) -> Text:
    return Text(
        _describe(entry), style=_STYLES.get(entry.outcome, ""), no_wrap=True, overflow="ellipsis"
    )


def _describe(entry: LoggedRotation) -> str:
    text = f"{entry.trigger}: {entry.outcome}"
    if entry.outcome == Outcome.PUBLISHED:
        text += f", version {entry.parameter_version}, token {entry.token_fingerprint}"
    if entry.outcome == Outcome.FAILED:
        text += f", {entry.error}: {entry.error_message}"
    return text + (", with the previous key" if entry.previous_key_used else "")


def _seconds(duration: timedelta) -> str:
    return f"{max(0.0, duration.total_seconds()):.0f} s"


def _clock(at: datetime) -> str:
    return at.astimezone().strftime("%H:%M:%S")
