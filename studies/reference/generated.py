"""Every generated file, and every page with generated regions, as it has to be."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Final

from local import ROOT
from studies.reference import answers, command, settings, snippets
from token_rotator_cdk.config.document.schema import schema_text
from token_rotator_cli.arguments.commands import COMMANDS

_FILES: Final[Mapping[str, Callable[[], str]]] = {"rotators.schema.json": schema_text}

_REGIONS: Final[Mapping[str, Mapping[str, Callable[[], str]]]] = {
    "docs/reference/answers.md": {"answers": answers.answers, "codes": answers.codes},
    "docs/configure/settings.md": {"settings": settings.tables_of_settings},
    "docs/reference/command.md": {
        "help": command.help_text,
        "steps of preflight": command.preflight_steps,
        **{
            f"help of {name}": partial(command.help_text, name)
            for name in COMMANDS
            if name != "live-check"
        },
    },
    "docs/operate/live-check.md": {"help": partial(command.help_text, "live-check")},
    "docs/operate/costs.md": {"bill": command.costs},
    "docs/deploy/packaging.md": {"parameters": settings.parameters_of_packages},
    "docs/deploy/construct.md": {
        name: partial(snippets.snippet, name) for name in snippets.EXISTING_APP
    },
    "docs/consume/consumers.md": {
        name: partial(snippets.snippet, name) for name in snippets.SNIPPETS
    },
}
"""Page → name of the region → what stands in it.

A region stands between the lines ``<!-- generated: NAME -->`` and ``<!-- end of NAME -->``.
"""


def generated() -> dict[Path, str]:
    """What each file has to hold."""
    files = {ROOT / name: text() for name, text in _FILES.items()}
    pages = {ROOT / name: _page(ROOT / name, regions) for name, regions in _REGIONS.items()}
    return {**files, **pages}


def _page(page: Path, regions: Mapping[str, Callable[[], str]]) -> str:
    text = page.read_text(encoding="utf-8")
    for name, region in regions.items():
        begin, end = f"<!-- generated: {name} -->\n", f"<!-- end of {name} -->"
        before, found, rest = text.partition(begin)
        _, closed, after = rest.partition(end)
        if not found or not closed:
            raise ValueError(f"{page.name} has no region {name}")
        text = f"{before}{begin}\n{region()}\n\n{end}{after}"
    return text
