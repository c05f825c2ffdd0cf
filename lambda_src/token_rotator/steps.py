"""The result and duration of each step of a rotation."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from token_rotator.contract import RotationStep, StepResult
from token_rotator.errors import RotationError, Unexpected


@dataclass(slots=True)
class StepReport:
    """One step, including all attempts."""

    result: StepResult = StepResult.OK
    duration: timedelta = timedelta()
    error: str | None = None
    """The class of the last failure, even if a later attempt succeeded."""


@dataclass(slots=True, kw_only=True)
class Steps:
    """The steps that were reached, in order. Contains no secrets.

    The results are those of the secret's current version. If it fails, the previous version adds
    its durations, and the results of steps that the current one did not reach.
    """

    now: Callable[[], datetime] = field(repr=False)
    reached: dict[RotationStep, StepReport] = field(default_factory=dict)
    current_secret_version: str | None = None
    """The current version of the secret. None: it was not read."""
    token_endpoint: str | None = None
    """The endpoint of the last assertion, without a query."""
    clock_skew: timedelta | None = None
    """The identity provider's clock minus the function's, from its last response. None: unknown."""
    _frozen: frozenset[RotationStep] = frozenset()

    @contextmanager
    def timed(self, step: RotationStep) -> Iterator[None]:
        """Adds the block's duration to the step's, and records its result."""
        started_at = self.now()
        error = None
        try:
            yield
        except Exception as exc:
            error = type(exc).__name__ if isinstance(exc, RotationError) else Unexpected.__name__
            raise
        finally:
            report = self.reached.setdefault(step, StepReport())
            report.duration += self.now() - started_at
            if step not in self._frozen:
                report.result = StepResult.FAILED if error else StepResult.OK
                report.error = error or report.error

    def freeze_results(self) -> None:
        """Keeps the results so far, before the previous version is tried."""
        self._frozen = frozenset(self.reached)
