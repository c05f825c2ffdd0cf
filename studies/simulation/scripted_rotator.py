"""The function in a scripted scenario, and the observed result of each invocation."""

import math
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

from studies.simulation.rotator import PARSED_ONCE, application
from studies.simulation.scenario import PARAMETER, Scenario, downloaded, signing_key
from studies.simulation.scripted import LONGER_LIVED_SECONDS, scripted_scenario
from studies.simulation.steps import Step
from token_reader import TokenReader
from token_rotator.contract import FUNCTION_TIMEOUT_SECONDS, Outcome, ReportField
from token_rotator.errors import RotationError
from token_rotator.handler import invoke
from token_rotator.parameter.record import Record
from token_rotator.report import Report


class ScriptedRotator:
    """The function in a scripted scenario."""

    def __init__(self) -> None:
        self.scenario, self.services = scripted_scenario()
        self.reports = Reports()
        self.app = application(self.scenario, telemetry=self.reports)
        self.keys = 0

    def run(self, step: Step) -> "Invocation":
        """Runs one step. Raises TimeoutReached where Lambda would end the invocation."""
        self.scenario.clock.limit = math.inf
        self.scenario.clock.advance(step.pause)
        self._change(step.change)
        idp, store = self.scenario.identity_provider, self.scenario.store
        refusals = len(idp.refused)
        before, begun = self.values, self.scenario.clock.seconds
        self.scenario.clock.limit = begun + FUNCTION_TIMEOUT_SECONDS
        self.services.script(step.answers)
        failure = None
        with PARSED_ONCE:
            try:
                remaining = timedelta(seconds=FUNCTION_TIMEOUT_SECONDS)
                invoke(self.app, step.event, remaining=remaining)
            except RotationError as error:
                failure = error
        assert store.holds(PARAMETER) or not before
        return Invocation(
            failure=failure,
            outcome=self.reports.last,
            written=self.values[len(before) :],
            value_before=before[-1] if before else None,
            seconds=self.scenario.clock.seconds - begun,
            refused=idp.refused[refusals:],
            latest_request_end=max(0.0, idp.latest_end - begun),
        )

    def consumer(self) -> TokenReader:
        """The reader of a consumer that starts now."""
        clock = self.scenario.clock
        return TokenReader(
            PARAMETER, cast("Any", self.scenario.store), now=lambda: clock.now().timestamp()
        )

    @property
    def values(self) -> list[str]:
        """The values of all versions of the parameter."""
        store = self.scenario.store
        return list(store.parameter(PARAMETER).values) if store.holds(PARAMETER) else []

    def _change(self, change: str | None) -> None:
        scenario = self.scenario
        if change == "good key":
            self.keys = (self.keys + 1) % 3
            scenario.identity_provider.keys.add(signing_key(downloaded(self.keys)))
            scenario.secret.put(downloaded(self.keys))
        elif change == "unknown key":
            scenario.secret.put(downloaded(3))
        elif change == "wrong file":
            scenario.secret.put("the wrong file")
        elif change == "gone":
            scenario.store.scan()
        elif change == "newer" and self.values:
            scenario.store.put_parameter(
                Name=PARAMETER, Value=newer(scenario).to_json(), Overwrite=True, Policies="[]"
            )
        elif change == "cold start":
            self.app = application(scenario, telemetry=self.reports)


def newer(scenario: Scenario) -> Record:
    """A record of another writer. It expires later than any token that a rotation gets now."""
    now = scenario.clock.now().replace(microsecond=0)
    dies = scenario.clock.seconds + LONGER_LIVED_SECONDS
    return Record(
        access_token=f"token/else/{dies}",
        issued_at=now,
        expires_at=now + timedelta(seconds=LONGER_LIVED_SECONDS),
    )


class Reports:
    """Telemetry that keeps the last outcome."""

    last = Outcome.FAILED

    def succeeded(self, report: Report) -> None:
        self.last = report.outcome

    def failed(self, report: Report, error: Exception) -> None:
        self.last = report.outcome

    def to_dict(self, report: Report) -> dict[str, object]:
        return {ReportField.OUTCOME: report.outcome}


@dataclass(frozen=True, kw_only=True)
class Invocation:
    """The observed result of one invocation."""

    failure: Exception | None
    outcome: Outcome
    written: list[str]
    value_before: str | None
    seconds: float
    refused: list[str]
    latest_request_end: float
    """Seconds from the start to the latest end of its requests that their timeouts allow."""
