"""The report of a live check, as Markdown that can be published."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from token_rotator.contract import VERSION
from token_rotator_cli.errors import UsageError
from token_rotator_cli.live_check.anonymizer import Anonymizer
from token_rotator_cli.live_check.context import LiveCheckContext
from token_rotator_cli.steps import Finding, Step, result_text, verdict

Found = Sequence[tuple[str, Finding]]


def check_writable(file: Path) -> None:
    """Checks this first, because a live check may take an hour. Raises UsageError."""
    target = file if file.exists() else file.parent
    if file.is_dir() or not os.access(target, os.W_OK):
        raise UsageError(f"The report cannot be written to {file}. Name another file.")


def report_lines(
    steps: Sequence[Step[LiveCheckContext]], context: LiveCheckContext, found: Found
) -> Iterator[str]:
    """The lines of the report. All messages in it are anonymous."""
    anonymize = Anonymizer(context)
    purposes = {step.name: step.purpose for step in steps}
    yield f"# Live check of {context.clock.now():%Y-%m-%d}"
    yield ""
    yield (
        f"token-rotator {VERSION}, region {context.aws.region}"
        f"{', a local AWS' if context.aws.is_local else ''}. Options: {_options(context)}."
    )
    yield ""
    yield verdict(found)
    yield ""
    yield "| check | result | what it is about | what was found |"
    yield "|---|---|---|---|"
    for step, finding in found:
        message = anonymize(finding.message).replace("|", "\\|").replace("\n", " ")
        yield f"| `{step}` | {result_text(finding)} | {purposes[step]} | {message} |"


def _options(context: LiveCheckContext) -> str:
    options = context.options
    given = [f"--invocations {options.invocations}"]
    if options.alarm is not None:
        given.append("--alarm")
    if options.expire is not None:
        given.append(f"--expire {int(options.expire.total_seconds() // 60)}")
    return f"`{' '.join(given)}`"
