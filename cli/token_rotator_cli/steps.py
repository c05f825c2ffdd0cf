"""How are links looked at? One after the other; one that needs a broken link is skipped."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from token_rotator.errors import RotationError
from token_rotator_cli.console import Console
from token_rotator_cli.errors import CallerError, CommandFailed
from token_rotator_cli.findings import Finding, Result, as_json

E = TypeVar("E")


@dataclass(frozen=True, slots=True, kw_only=True)
class Step(Generic[E]):
    """One link, and the link that has to hold before it can be looked at."""

    look: Callable[[E], Finding]
    needs: str | None = "function"
    optional: bool = False
    """Where AWS does not answer the caller, nothing is known, and nothing is wrong."""

    @property
    def name(self) -> str:
        """What people and ``--json`` call it."""
        return self.look.__name__


def walk(steps: Sequence[Step[E]], evidence: E, console: Console, *, as_a_document: bool) -> int:
    """0 if nothing is wrong."""
    widths = (max(map(len, Result)), max(len(step.name) for step in steps))
    findings = {}
    for step, finding in _findings(steps, evidence, console):
        findings[step] = finding
        if not as_a_document:
            shown = finding.result.upper() if finding.result is Result.WRONG else finding.result
            console.row(shown, step, finding.says, widths=widths)
    wrong = _those(findings, Result.WRONG)
    unknown = _those(findings, Result.UNKNOWN)
    if as_a_document:
        listed = [as_json(step, finding) for step, finding in findings.items()]
        console.dump({"ok": not wrong, "wrong": wrong, "unknown": unknown, "steps": listed})
    else:
        end = f"Look at: {', '.join(wrong)}." if wrong else "Nothing is wrong."
        console.say(end + (f" Unknown: {', '.join(unknown)}." if unknown else ""))
    return 1 if wrong else 0


def _those(findings: dict[str, Finding], result: Result) -> list[str]:
    return [step for step, finding in findings.items() if finding.result is result]


def _findings(
    steps: Sequence[Step[E]], evidence: E, console: Console
) -> Iterator[tuple[str, Finding]]:
    held = set()
    for step in steps:
        if step.needs and step.needs not in held:
            yield step.name, Finding(says=f"needs: {step.needs}", result=Result.SKIPPED)
            continue
        with console.progress(f"Checking: {step.name}"):
            finding = _look(step, evidence)
        if finding.error is None:
            held.add(step.name)
        yield step.name, finding


def _look(step: Step[E], evidence: E) -> Finding:
    try:
        return step.look(evidence)
    except (RotationError, CommandFailed) as error:
        unknown = step.optional and isinstance(error, CallerError)
        return Finding(
            says=str(error),
            result=Result.UNKNOWN if unknown else Result.WRONG,
            error=type(error).__name__,
        )
