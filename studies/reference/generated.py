"""Every generated file, and every page with generated regions, as it has to be."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Final

from local import ROOT
from studies.reference import (
    alarms,
    answers,
    command,
    construct,
    docstrings,
    settings,
    snippets,
)
from token_rotator.contract import (
    Metric,
    Outcome,
    ReportField,
    RotationStep,
    StackOutput,
    StepField,
    Trigger,
)
from token_rotator_cdk.config.document.schema import schema_text
from token_rotator_cli.arguments.commands import COMMANDS


def _snippets(*names: str) -> Mapping[str, Callable[[], str]]:
    return {name: partial(snippets.snippet, name) for name in names}


_FILES: Final[Mapping[str, Callable[[], str]]] = {"rotators.schema.json": schema_text}

_REGIONS: Final[Mapping[str, Mapping[str, Callable[[], str]]]] = {
    "docs/reference/answers.md": {"answers": answers.answers, "codes": answers.codes},
    "docs/reference/record.md": {"record": docstrings.record},
    "docs/reference/log-line.md": {
        "fields": partial(docstrings.members, ReportField, value="field"),
        "outcomes": partial(docstrings.members, Outcome, value="outcome"),
        "triggers": partial(docstrings.members, Trigger, value="trigger"),
        "steps": partial(docstrings.members, RotationStep, value="step"),
        "fields of a step": partial(docstrings.members, StepField, value="field"),
    },
    "docs/reference/metrics.md": {
        "metrics": partial(docstrings.members, Metric, value="metric"),
        "alarms": alarms.alarms,
    },
    "docs/reference/outputs.md": {
        "outputs": partial(docstrings.members, StackOutput, value="output"),
    },
    construct.PAGE: {
        "arguments": construct.arguments,
        "attributes": construct.attributes,
        "methods": construct.methods,
    },
    "docs/configure/settings.md": {"settings": settings.tables_of_settings},
    "docs/reference/command/index.md": {"help": command.help_text, "commands": command.commands},
    **{command.page(name): command.regions(name) for name in COMMANDS},
    "docs/operate/costs.md": {"bill": command.costs},
    "docs/deploy/packaging.md": {"parameters": settings.parameters_of_packages},
    "docs/deploy/construct.md": _snippets(*snippets.EXISTING_APP),
    "docs/consume/shell.md": _snippets(*snippets.SHELL),
    "docs/consume/node.md": _snippets(*snippets.NODE),
    "docs/ja/consume/node.md": _snippets(*snippets.NODE),
}
"""Page → name of the region → what stands in it.

A region stands between the lines ``<!-- generated: NAME -->`` and ``<!-- end of NAME -->``.
"""


def generated() -> dict[str, Callable[[], str]]:
    """What each file has to hold, by its path in the project."""
    pages = {name: partial(_page, ROOT / name, regions) for name, regions in _REGIONS.items()}
    return {**_FILES, **pages}


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
