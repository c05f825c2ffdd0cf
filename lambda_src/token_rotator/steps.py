"""What became of each step of a rotation. Whoever takes a step notes it here."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from token_rotator.contract import RotationStep, StepResult
from token_rotator.errors import RotationError, Unexpected


@dataclass(slots=True)
class StepReport:
    """One step, with all its attempts."""

    result: StepResult = StepResult.OK
    duration: timedelta = timedelta()
    error: str | None = None
    """The class of its last failure, also if a later attempt worked."""


@dataclass(slots=True, kw_only=True)
class Steps:
    """The steps that were reached, in their order, and what they found. There is no secret in it.

    They are steps of the current version of the secret. If that is of no use, the previous version
    adds durations, and the steps that the current one did not reach.
    """

    now: Callable[[], datetime] = field(repr=False)
    reached: dict[RotationStep, StepReport] = field(default_factory=dict)
    token_endpoint: str | None = None
    """Where the last assertion was sent, without a query."""
    clock_skew: timedelta | None = None
    """The identity provider's clock minus ours, as its last answer showed; None: unknown."""
    _settled: frozenset[RotationStep] = frozenset()

    @contextmanager
    def timed(self, step: RotationStep) -> Iterator[None]:
        """Adds the block's duration to the step's, and notes how it ended."""
        begun = self.now()
        error = None
        try:
            yield
        except Exception as exc:
            error = type(exc).__name__ if isinstance(exc, RotationError) else Unexpected.__name__
            raise
        finally:
            report = self.reached.setdefault(step, StepReport())
            report.duration += self.now() - begun
            if step not in self._settled:
                report.result = StepResult.FAILED if error else StepResult.OK
                report.error = error or report.error

    def settle(self) -> None:
        """From now on the previous version is tried: what was reached keeps its result."""
        self._settled = frozenset(self.reached)
