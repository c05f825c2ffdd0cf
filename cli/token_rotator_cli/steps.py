"""Runs the steps of ``check``, ``preflight`` and ``live-check``, and shows their findings."""

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
    """The result of a step."""

    OK = "ok"
    WARNING = "warning"
    """It works now, but may soon fail, or in the next outage."""
    WRONG = "wrong"
    UNKNOWN = "unknown"
    """The caller's credentials or a local AWS do not allow the check. Not a failure."""
    SKIPPED = "skipped"
    """A required step failed, or the step was not requested."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A finding of one step. It contains no secrets."""

    message: str
    result: Result = Result.OK
    error: str | None = None
    """The class of the error; docs/reference/errors.md lists those of a rotation."""
    facts: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    """Data for ``--json``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step(Generic[C]):
    """A step, and the step that it requires."""

    run: Callable[[C], Finding | Sequence[Finding]]
    """Returns one or more findings. Each is a row in the output."""
    needs: str | None = "function"
    optional: bool = False
    """If AWS denies the caller access, the result is unknown, not wrong."""
    actions: tuple[str, ...] = ()
    """Required IAM actions, for documentation."""

    @property
    def name(self) -> str:
        """The name in the output."""
        return self.run.__name__

    @property
    def purpose(self) -> str:
        """The first line of its docstring."""
        return (self.run.__doc__ or "").partition("\n")[0]


def run_steps(
    steps: Sequence[Step[C]],
    context: C,
    console: Console,
    *,
    report: Callable[[Sequence[tuple[str, Finding]]], object] | None = None,
) -> int:
    """Runs the steps and prints their findings. Returns exit code 0 if nothing is wrong.

    ``report`` receives the names of the steps and their findings.
    """
    widths = (max(map(len, Result)), max(len(step.name) for step in steps))
    findings = []
    for step, finding in findings_of(steps, context, console):
        findings.append((step, finding))
        console.row(result_text(finding), step, finding.message, widths=widths)
    if report is not None:
        report(findings)
    console.text(verdict(findings))
    return conclude(findings, [as_json(step, finding) for step, finding in findings], console)


def conclude(
    findings: Sequence[tuple[str, Finding]], rows: Sequence[Mapping[str, object]], console: Console
) -> int:
    """Prints the JSON document. Returns exit code 0 if nothing is wrong."""
    wrong = with_result(findings, Result.WRONG)
    unknown = with_result(findings, Result.UNKNOWN)
    console.document({"ok": not wrong, "wrong": wrong, "unknown": unknown, "steps": rows})
    return 1 if wrong else 0


def verdict(findings: Sequence[tuple[str, Finding]]) -> str:
    """A summary of wrong and unknown steps."""
    wrong = with_result(findings, Result.WRONG)
    unknown = with_result(findings, Result.UNKNOWN)
    end = f"Wrong: {', '.join(wrong)}." if wrong else "Nothing is wrong."
    return end + (f" Unknown: {', '.join(unknown)}." if unknown else "")


def result_text(finding: Finding) -> str:
    """The result as text."""
    return finding.result.upper() if finding.result is Result.WRONG else finding.result


def as_json(step: str, finding: Finding) -> dict[str, object]:
    """A finding as JSON."""
    return {
        "step": step,
        "result": finding.result,
        "message": finding.message,
        "error": finding.error,
        "facts": dict(finding.facts),
    }


def with_result(findings: Sequence[tuple[str, Finding]], result: Result) -> list[str]:
    """The names of the steps with a finding of this result."""
    return [*dict.fromkeys(step for step, finding in findings if finding.result is result)]


def for_each(items: Iterable[T], inspect: Callable[[T], Finding | None]) -> list[Finding]:
    """The findings for all items. An item without access does not stop the others."""
    found: dict[str, Finding] = {}
    for item in items:
        try:
            finding = inspect(item)
        except CallerError as error:
            finding = _unknown(error)
        except Exception as error:  # noqa: BLE001 - its text might hold anything
            finding = _unexpected(error)
        if finding is not None:
            found.setdefault(finding.message, finding)
    return [*found.values()]


def findings_of(
    steps: Sequence[Step[C]], context: C, console: Console
) -> Iterator[tuple[str, Finding]]:
    """Runs the steps in order. An exception in one does not stop the others."""
    passed = set()
    for step in steps:
        if step.needs and step.needs not in passed:
            yield step.name, Finding(message=f"requires {step.needs}", result=Result.SKIPPED)
            continue
        with console.progress(f"Checking: {step.name}"):
            findings = _run(step, context)
        if all(one.error is None and one.result is not Result.WRONG for one in findings):
            passed.add(step.name)
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
        return [_unexpected(error)]
    return [found] if isinstance(found, Finding) else found


def _wrong(error: RotationError | CommandFailed) -> Finding:
    return Finding(message=str(error), result=Result.WRONG, error=type(error).__name__)


def _unknown(error: CallerError) -> Finding:
    return Finding(message=str(error), result=Result.UNKNOWN, error=type(error).__name__)


def _unexpected(error: Exception) -> Finding:
    unexpected = Unexpected(error)
    return Finding(
        message="The response is not from AWS but, for example, from a proxy, or this command "
        f"has a bug: {unexpected}",
        result=Result.UNKNOWN,
        error=type(unexpected).__name__,
    )
