"""The frame of ``check``, ``preflight`` and ``live-check``: steps in a row, and findings."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Generic, TypeVar

from token_rotator.errors import RotationError, Unexpected
from token_rotator_cli.console import Console
from token_rotator_cli.errors import CallerError, CommandFailed

C = TypeVar("C")
T = TypeVar("T")


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
    """The class of the error; docs/reference/errors.md lists those of a rotation."""
    facts: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    """The same for programs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step(Generic[C]):
    """One check, and the step that has to end well before it can run."""

    run: Callable[[C], Finding | Sequence[Finding]]
    """Several findings: each is a row of its own."""
    needs: str | None = "function"
    optional: bool = False
    """If AWS refuses the caller, the result is unknown, not wrong."""
    actions: tuple[str, ...] = ()
    """IAM actions that it needs, where a page lists them by step."""

    @property
    def name(self) -> str:
        """The name in the output."""
        return self.run.__name__

    @property
    def purpose(self) -> str:
        """The first line of its documentation."""
        return (self.run.__doc__ or "").partition("\n")[0]


def run_steps(
    steps: Sequence[Step[C]],
    context: C,
    console: Console,
    *,
    report: Callable[[Sequence[tuple[str, Finding]]], object] | None = None,
) -> int:
    """Prints what each step finds. The exit code is 0 if nothing is wrong.

    ``report`` gets the names of the steps and what they found.
    """
    widths = (max(map(len, Result)), max(len(step.name) for step in steps))
    findings = []
    for step, finding in findings_of(steps, context, console):
        findings.append((step, finding))
        console.row(shown(finding), step, finding.message, widths=widths)
    if report is not None:
        report(findings)
    wrong = with_result(findings, Result.WRONG)
    unknown = with_result(findings, Result.UNKNOWN)
    console.text(verdict(findings))
    console.document(
        {
            "ok": not wrong,
            "wrong": wrong,
            "unknown": unknown,
            "steps": [as_json(step, finding) for step, finding in findings],
        }
    )
    return 1 if wrong else 0


def verdict(findings: Sequence[tuple[str, Finding]]) -> str:
    """What is wrong, and what is unknown, as a sentence or two."""
    wrong = with_result(findings, Result.WRONG)
    unknown = with_result(findings, Result.UNKNOWN)
    end = f"Wrong: {', '.join(wrong)}." if wrong else "Nothing is wrong."
    return end + (f" Unknown: {', '.join(unknown)}." if unknown else "")


def shown(finding: Finding) -> str:
    """The result, for people."""
    return finding.result.upper() if finding.result is Result.WRONG else finding.result


def as_json(step: str, finding: Finding) -> dict[str, object]:
    """A finding, for programs."""
    return {
        "step": step,
        "result": finding.result,
        "message": finding.message,
        "error": finding.error,
        "facts": dict(finding.facts),
    }


def with_result(findings: Sequence[tuple[str, Finding]], result: Result) -> list[str]:
    """The steps that found something of this result, each once."""
    return [*dict.fromkeys(step for step, finding in findings if finding.result is result)]


def for_each(items: Iterable[T], inspect: Callable[[T], Finding | None]) -> list[Finding]:
    """What is found in the items; one that the caller may not see does not hide the others."""
    found: dict[str, Finding] = {}
    for item in items:
        try:
            finding = inspect(item)
        except CallerError as error:
            finding = _unknown(error)
        except Exception as error:  # noqa: BLE001 - its text might hold anything
            finding = _surprise(error)
        if finding is not None:
            found.setdefault(finding.message, finding)
    return [*found.values()]


def findings_of(
    steps: Sequence[Step[C]], context: C, console: Console
) -> Iterator[tuple[str, Finding]]:
    """Runs the steps one after the other. Nothing that one of them raises ends the walk."""
    ended_well = set()
    for step in steps:
        if step.needs and step.needs not in ended_well:
            yield step.name, Finding(message=f"needs: {step.needs}", result=Result.SKIPPED)
            continue
        with console.progress(f"Checking: {step.name}"):
            findings = _run(step, context)
        if all(one.error is None and one.result is not Result.WRONG for one in findings):
            ended_well.add(step.name)
        for finding in findings:
            yield step.name, finding


def _run(step: Step[C], context: C) -> Sequence[Finding]:
    try:
        found = step.run(context)
    except CallerError as error:
        return [_unknown(error) if step.optional else _wrong(error)]
    except (RotationError, CommandFailed) as error:
        return [_wrong(error)]
    except Exception as error:  # noqa: BLE001 - its text might hold anything
        return [_surprise(error)]
    return [found] if isinstance(found, Finding) else found


def _wrong(error: RotationError | CommandFailed) -> Finding:
    return Finding(message=str(error), result=Result.WRONG, error=type(error).__name__)


def _unknown(error: CallerError) -> Finding:
    return Finding(message=str(error), result=Result.UNKNOWN, error=type(error).__name__)


def _surprise(error: Exception) -> Finding:
    unexpected = Unexpected(error)
    return Finding(
        message="What answered is not AWS, but the page of a proxy for example, or this command "
        f"has a mistake: {unexpected}",
        result=Result.UNKNOWN,
        error=type(unexpected).__name__,
    )
