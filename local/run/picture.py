"""A picture of the live view, from a run with one failure and the recovery from it."""

import io
from collections.abc import Callable, Iterator
from typing import Final

from rich.console import Console
from rich.terminal_theme import TerminalTheme

from local.observation.state import Snapshot
from local.run.view import panel
from local.switches.names import ButtonName, PositionName, SwitchName
from local.switches.switch import Panel
from token_rotator.contract import Outcome

_COLUMNS: Final = 100
_NAME: Final = "live-view"
_COLORS: Final = TerminalTheme(
    (27, 32, 41),
    (232, 235, 240),
    [
        *((27, 32, 41), (255, 157, 148), (125, 220, 156), (255, 210, 122)),
        *((127, 178, 255), (217, 167, 255), (122, 217, 230), (232, 235, 240)),
    ],
)
"""Of the page in the dark: readable on a light page and on a dark one."""


def scenes(switches: Panel, snapshots: Iterator[Snapshot]) -> Iterator[Snapshot]:
    """The snapshots until a token has been published after a failure.

    The key is revoked and accepted again. A refusal is not retried, so this takes seconds.
    """
    yield from _until(_latest_is(Outcome.PUBLISHED), snapshots)
    switches.turn(SwitchName.KEY, PositionName.REVOKED)
    switches.press(ButtonName.ROTATE)
    yield from _until(_latest_is(Outcome.FAILED), snapshots)
    switches.turn(SwitchName.KEY, PositionName.WORKS)
    switches.press(ButtonName.ROTATE)
    yield from _until(_latest_is(Outcome.PUBLISHED), snapshots)


def svg(parameter_name: str, snapshot: Snapshot) -> str:
    """The live view as SVG."""
    console = Console(record=True, width=_COLUMNS, file=io.StringIO())
    console.print(panel(parameter_name, snapshot))
    return console.export_svg(title="make run", theme=_COLORS, code_format=_FORMAT, unique_id=_NAME)


def _until(is_met: Callable[[Snapshot], bool], snapshots: Iterator[Snapshot]) -> Iterator[Snapshot]:
    for snapshot in snapshots:
        yield snapshot
        if is_met(snapshot):
            return


def _latest_is(outcome: Outcome) -> Callable[[Snapshot], bool]:
    def is_met(snapshot: Snapshot) -> bool:
        attempts = [entry for entry in snapshot.recent if entry.attempted]
        return snapshot.worked and bool(attempts) and attempts[-1].outcome == outcome

    return is_met


_FORMAT: Final = """\
<svg viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg" role="img">
<title>The live view of make run</title>
<style>
.{unique_id}-matrix {{
  font: {char_height}px/{line_height}px ui-monospace, "SF Mono", Menlo, Consolas,
    "DejaVu Sans Mono", monospace;
}}
.{unique_id}-title {{ font: bold 18px system-ui, sans-serif; }}
{styles}
</style>
<defs>{lines}</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})">
{backgrounds}
<g class="{unique_id}-matrix">{matrix}</g>
</g>
</svg>
"""
"""rich's own format without its web font. Every text has its length, whatever the font is."""
