"""What did an invocation do? The function in a scripted world, one step after the other."""

import math
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

from studies.simulation.anything import Step
from studies.simulation.rotator import PARSED_ONCE, application
from studies.simulation.scripted import scripted_world
from studies.simulation.world import PARAMETER, Scenario, downloaded, signing_key
from token_reader import TokenReader
from token_rotator.contract import FUNCTION_TIMEOUT_SECONDS, Outcome
from token_rotator.errors import RotationError
from token_rotator.handler import invoke
from token_rotator.parameter.record import Record
from token_rotator.report import Report


class Rotator:
    """The function in a scripted world."""

    def __init__(self) -> None:
        self.world, self.weather = scripted_world()
        self.reports = Reports()
        self.app = application(self.world, telemetry=self.reports)
        self.keys = 0

    def take(self, step: Step) -> "Invocation":
        """One step. Raises CutOff where Lambda would stop it."""
        self.world.clock.limit = math.inf
        self.world.clock.advance(step.pause)
        self._change(step.change)
        idp, store = self.world.identity_provider, self.world.store
        refusals = len(idp.refused)
        before, begun = self.values, self.world.clock.seconds
        self.world.clock.limit = begun + FUNCTION_TIMEOUT_SECONDS
        self.weather.script(step.answers)
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
            seconds=self.world.clock.seconds - begun,
            refused=idp.refused[refusals:],
            latest_request_end=max(0.0, idp.latest_end - begun),
        )

    def consumer(self) -> TokenReader:
        """A workload that starts now."""
        clock = self.world.clock
        return TokenReader(
            PARAMETER, cast("Any", self.world.store), now=lambda: clock.now().timestamp()
        )

    @property
    def values(self) -> list[str]:
        """Every version of the parameter."""
        store = self.world.store
        return list(store.parameter(PARAMETER).values) if store.holds(PARAMETER) else []

    def _change(self, change: str | None) -> None:
        world = self.world
        if change == "good key":
            self.keys = (self.keys + 1) % 3
            world.identity_provider.keys.add(signing_key(downloaded(self.keys)))
            world.secret.put(downloaded(self.keys))
        elif change == "unknown key":
            world.secret.put(downloaded(3))
        elif change == "wrong file":
            world.secret.put("the wrong file")
        elif change == "gone":
            world.store.scan()
        elif change == "newer" and self.values:
            world.store.put_parameter(
                Name=PARAMETER, Value=newer(world).to_json(), Overwrite=True, Policies="[]"
            )
        elif change == "cold start":
            self.app = application(world, telemetry=self.reports)


def newer(world: Scenario) -> Record:
    """Somebody else's token, which outlives any that a rotation could obtain now."""
    now = world.clock.now().replace(microsecond=0)
    dies = world.clock.seconds + 900
    return Record(
        access_token=f"token/else/{dies}", issued_at=now, expires_at=now + timedelta(seconds=900)
    )


class Reports:
    """Telemetry that remembers the last outcome."""

    last = Outcome.FAILED

    def ended(self, report: Report) -> None:
        self.last = report.outcome

    def failed(self, report: Report, error: Exception) -> None:
        self.last = report.outcome


@dataclass(frozen=True, kw_only=True)
class Invocation:
    """What the parameter, the identity provider and the clock say about it."""

    failure: Exception | None
    outcome: Outcome
    written: list[str]
    value_before: str | None
    seconds: float
    refused: list[str]
    latest_request_end: float
    """Seconds after the beginning at which every request has to be over, by its time-outs."""
