"""Which link of the chain is broken? Everything that a rotation does, except publish."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from token_rotator.cli import parameter_steps, token_steps
from token_rotator.cli.console import Console
from token_rotator.cli.errors import CallerError
from token_rotator.cli.findings import Evidence, Finding, Result, as_json
from token_rotator.errors import RotationError

_WIDTHS: Final = (7, 9)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One link, and the link that has to hold before it can be looked at."""

    look: Callable[[Evidence], Finding]
    needs: str | None = "function"

    @property
    def name(self) -> str:
        """What people and ``--json`` call it."""
        return self.look.__name__


STEPS: Final = (
    Step(look=token_steps.function, needs=None),
    Step(look=token_steps.secret),
    Step(look=token_steps.key, needs="secret"),
    Step(look=token_steps.discovery, needs="key"),
    Step(look=token_steps.assertion, needs="discovery"),
    Step(look=parameter_steps.role),
    Step(look=parameter_steps.record),
    Step(look=parameter_steps.schedules),
)


def check(evidence: Evidence, console: Console, *, as_a_document: bool) -> int:
    """0 if nothing is wrong."""
    findings = {}
    for step, finding in _findings(evidence, console):
        findings[step] = finding
        if not as_a_document:
            shown = finding.result.upper() if finding.result is Result.WRONG else finding.result
            console.row(shown, step, finding.says, widths=_WIDTHS)
    wrong = [step for step, finding in findings.items() if finding.result is Result.WRONG]
    if as_a_document:
        steps = [as_json(step, finding) for step, finding in findings.items()]
        console.dump({"ok": not wrong, "wrong": wrong, "steps": steps})
    else:
        console.say(f"Look at: {', '.join(wrong)}." if wrong else "Nothing is wrong.")
    return 1 if wrong else 0


def _findings(evidence: Evidence, console: Console) -> Iterator[tuple[str, Finding]]:
    held = set()
    for step in STEPS:
        if step.needs and step.needs not in held:
            yield step.name, Finding(says=f"needs: {step.needs}", result=Result.SKIPPED)
            continue
        with console.progress(f"Checking: {step.name}"):
            finding = _look(step, evidence)
        if finding.result is not Result.WRONG:
            held.add(step.name)
        yield step.name, finding


def _look(step: Step, evidence: Evidence) -> Finding:
    try:
        return step.look(evidence)
    except (RotationError, CallerError) as error:
        return Finding(says=str(error), result=Result.WRONG, error=type(error).__name__)
