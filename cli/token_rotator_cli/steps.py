"""The frame of ``check`` and ``live-check``: steps that run one after the other, and findings."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Generic, TypeVar

from token_rotator.errors import RotationError
from token_rotator_cli.console import Console
from token_rotator_cli.errors import CallerError, CommandFailed

C = TypeVar("C")


class Result(StrEnum):
    """How a step ended."""

    OK = "ok"
    WARNING = "warning"
    """It works now, and will not work for long, or not in the next outage."""
    WRONG = "wrong"
    UNKNOWN = "unknown"
    """The caller's credentials or a local AWS do not allow to find out. That is no failure."""
    SKIPPED = "skipped"
    """A step that this one needs did not end well, or nobody asked for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What one step found. There is no secret in it."""

    message: str
    result: Result = Result.OK
    error: str | None = None
    """The class of the error; docs/runbook.md lists those of a rotation."""
    facts: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    """The same for programs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step(Generic[C]):
    """One check, and the step that has to end well before it can run."""

    run: Callable[[C], Finding]
    needs: str | None = "function"
    optional: bool = False
    """If AWS refuses the caller, the result is unknown, not wrong."""

    @property
    def name(self) -> str:
        """The name in the output."""
        return self.run.__name__


def run_steps(steps: Sequence[Step[C]], context: C, console: Console) -> int:
    """Prints what each step finds. The exit code is 0 if nothing is wrong."""
    widths = (max(map(len, Result)), max(len(step.name) for step in steps))
    findings = {}
    for step, finding in _findings(steps, context, console):
        findings[step] = finding
        shown = finding.result.upper() if finding.result is Result.WRONG else finding.result
        console.row(shown, step, finding.message, widths=widths)
    wrong = _with_result(findings, Result.WRONG)
    unknown = _with_result(findings, Result.UNKNOWN)
    end = f"Wrong: {', '.join(wrong)}." if wrong else "Nothing is wrong."
    console.text(end + (f" Unknown: {', '.join(unknown)}." if unknown else ""))
    console.document(
        {
            "ok": not wrong,
            "wrong": wrong,
            "unknown": unknown,
            "steps": [_as_json(step, finding) for step, finding in findings.items()],
        }
    )
    return 1 if wrong else 0


def _as_json(step: str, finding: Finding) -> dict[str, object]:
    return {
        "step": step,
        "result": finding.result,
        "message": finding.message,
        "error": finding.error,
        "facts": dict(finding.facts),
    }


def _with_result(findings: Mapping[str, Finding], result: Result) -> list[str]:
    return [step for step, finding in findings.items() if finding.result is result]


def _findings(
    steps: Sequence[Step[C]], context: C, console: Console
) -> Iterator[tuple[str, Finding]]:
    ended_well = set()
    for step in steps:
        if step.needs and step.needs not in ended_well:
            yield step.name, Finding(message=f"needs: {step.needs}", result=Result.SKIPPED)
            continue
        with console.progress(f"Checking: {step.name}"):
            finding = _run(step, context)
        if finding.error is None:
            ended_well.add(step.name)
        yield step.name, finding


def _run(step: Step[C], context: C) -> Finding:
    try:
        return step.run(context)
    except (RotationError, CommandFailed) as error:
        unknown = step.optional and isinstance(error, CallerError)
        return Finding(
            message=str(error),
            result=Result.UNKNOWN if unknown else Result.WRONG,
            error=type(error).__name__,
        )
