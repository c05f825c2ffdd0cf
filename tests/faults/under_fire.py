"""The deployed function, rotating when a test says so, and what must hold after each rotation."""

import json
import time
from dataclasses import dataclass
from typing import Any, Final

from local.aws.fault_proxy import AwsFault, Call, FaultProxy
from local.idp.faults import Endpoint, Fault
from local.run.rotation_log import Entry
from tests.support.system import System, eventually
from token_rotator.contract import FUNCTION_TIMEOUT_SECONDS, EventField, Trigger
from token_rotator.parameter.record import Record
from token_rotator.timing import TO_PUBLISH, TO_REPORT

BY_SCHEDULE: Final = json.dumps({EventField.TRIGGER: Trigger.SCHEDULE}).encode()
"""What the four-minute schedule sends."""


def timeout_seconds(*, to_obtain: int) -> int:
    """The time-out of a function that has so many seconds to obtain a token."""
    return to_obtain + int((TO_PUBLISH + TO_REPORT).total_seconds())


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotated:
    """One rotation, seen from outside."""

    entry: Entry
    """Its log line."""
    seconds: float
    versions_written: int

    @property
    def published(self) -> bool:
        """It said so, and there is one new version of the parameter."""
        return self.entry.outcome == "published" and self.versions_written == 1

    @property
    def failure(self) -> str | None:
        """The error that the log line names, if the parameter stayed as it was."""
        return self.entry.error if self.versions_written == 0 else None

    @property
    def message(self) -> str:
        """The error's text."""
        return self.entry.error_message or ""


class UnderFire:
    """Its own triggers are switched off: every rotation is one that a test asked for."""

    def __init__(self, system: System, proxy: FaultProxy) -> None:
        self.system = system
        self.idp = system.idp
        self.aws = proxy
        self._lambda = system.aws.client("lambda")
        self._function_name = system.rotator.function_name
        self._timeout_seconds = FUNCTION_TIMEOUT_SECONDS
        self._warm = False
        _disable_schedules(system.aws.client("scheduler"))
        time.sleep(1)
        while system.news():  # what the deployment has set off ends first
            time.sleep(1)

    def idp_fails(
        self, fault: Fault, *, at: Endpoint = Endpoint.TOKEN, times: int | None = 1
    ) -> None:
        """The next requests meet the fault; ``times=None``: until it recovers."""
        self.idp.fail(at, fault, times=times)

    def aws_fails(self, call: Call, fault: AwsFault, *, times: int | None = 1) -> None:
        """The next such calls meet the fault; ``times=None``: until it recovers."""
        self.aws.fail(call, fault, times=times)

    def has_seconds(self, seconds: int) -> None:
        """Sets the function's time-out, which its own deadlines follow; it starts cold."""
        self._lambda.update_function_configuration(
            FunctionName=self._function_name, Timeout=seconds
        )
        self._timeout_seconds = seconds
        self._warm = False

    def starts_cold(self) -> None:
        """The next rotation remembers nothing: no credential, no token endpoint."""
        self.has_seconds(self._timeout_seconds)

    def parameter(self) -> dict[str, Any] | None:
        """What consumers find."""
        try:
            return self.system.parameter()
        except self.system.aws.client("ssm").exceptions.ParameterNotFound:
            return None

    def rotate(self) -> Rotated:
        """One invocation, as the schedule's, and what has to be true whatever it meets."""
        before = self.parameter()
        started = time.monotonic()
        answer = self._lambda.invoke(FunctionName=self._function_name, Payload=BY_SCHEDULE)
        said = answer["Payload"].read().decode()
        seconds = time.monotonic() - started
        assert "timed out" not in said
        assert seconds < self._timeout_seconds
        (entry,) = eventually(
            lambda: self.system.news() or None, within_seconds=5, what="the log line"
        )
        failed = "FunctionError" in answer
        assert failed == (entry.outcome == "failed")
        self._warm = not failed
        return Rotated(entry=entry, seconds=seconds, versions_written=self._written_since(before))

    def recovers(self) -> None:
        """Without the faults, the next rotation publishes a token that works."""
        self.calm()
        rotated = self.rotate()
        assert rotated.published, rotated.entry

    def calm(self) -> None:
        """No more faults."""
        self.aws.recover()
        self.idp.recover()
        self.idp.accept(self.system.account)

    def ready(self) -> None:
        """Calm, with the deployment's own time-out, warm, and a fresh token published."""
        self.calm()
        if self._timeout_seconds != FUNCTION_TIMEOUT_SECONDS:
            self.has_seconds(FUNCTION_TIMEOUT_SECONDS)
        if not self._warm:
            self.recovers()

    def _written_since(self, before: dict[str, Any] | None) -> int:
        """How often it was written; the record is the old one, or a new one that works."""
        after = self.parameter()
        if after == before:
            return 0
        assert after is not None
        Record.from_json(after["Value"])
        assert self.system.consumer().use().worked
        return int(after["Version"]) - int(before["Version"] if before else 0)


def _disable_schedules(scheduler: Any) -> None:
    answered_only = {"ResponseMetadata", "Arn", "CreationDate", "LastModificationDate", "State"}
    for listed in scheduler.list_schedules()["Schedules"]:
        schedule = scheduler.get_schedule(Name=listed["Name"], GroupName=listed["GroupName"])
        kept = {name: value for name, value in schedule.items() if name not in answered_only}
        scheduler.update_schedule(**kept, State="DISABLED")
