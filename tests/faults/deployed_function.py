"""The deployed function for fault tests. Rotations run on demand and are checked afterwards."""

import json
import time
from dataclasses import dataclass
from typing import Any, Final

from local.aws.fault_proxy import AwsFault, Call, FaultProxy
from local.idp.faults import Endpoint, Fault
from local.switches.schedules import enable_schedules
from tests.support.system import System, eventually
from token_rotator.contract import FUNCTION_TIMEOUT_SECONDS, EventField, Trigger
from token_rotator.parameter.record import Record
from token_rotator.timing import PUBLISH_RESERVE, REPORT_RESERVE
from token_rotator_cli.deployment.rotation_log import LoggedRotation

BY_SCHEDULE: Final = json.dumps({EventField.TRIGGER: Trigger.SCHEDULE}).encode()
"""The input of the four-minute schedule."""

QUIET_SECONDS: Final = 3


def timeout_seconds(*, to_obtain: int) -> int:
    """The function timeout that leaves ``to_obtain`` seconds for obtaining a token."""
    return to_obtain + int((PUBLISH_RESERVE + REPORT_RESERVE).total_seconds())


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotated:
    """The observed result of one rotation."""

    entry: LoggedRotation
    """The rotation's log line."""
    seconds: float
    versions_written: int

    @property
    def published(self) -> bool:
        """Whether the log line says so and the parameter has exactly one new version."""
        return self.entry.outcome == "published" and self.versions_written == 1

    @property
    def failure(self) -> str | None:
        """The error in the log line, if the parameter did not change."""
        return self.entry.error if self.versions_written == 0 else None

    @property
    def message(self) -> str:
        """The error's message."""
        return self.entry.error_message or ""


class DeployedFunction:
    """The function without schedules and events. It rotates only when a test invokes it."""

    def __init__(self, system: System, proxy: FaultProxy) -> None:
        self.system = system
        self.idp = system.idp
        self.aws = proxy
        self._lambda = system.aws.client("lambda")
        self._function_name = system.rotator.function_name
        self._timeout_seconds = FUNCTION_TIMEOUT_SECONDS
        self._warm = False
        enable_schedules(system.aws.client("scheduler"), ())
        _disable_parameter_event(system.aws.client("events"))
        system.settle()
        quiet = 0
        while quiet < QUIET_SECONDS:  # events that met a busy function wait to be tried again
            time.sleep(1)
            quiet = 0 if system.news() else quiet + 1

    def idp_fails(
        self, fault: Fault, *, at: Endpoint = Endpoint.TOKEN, times: int | None = 1
    ) -> None:
        """The next ``times`` requests meet the fault. None means until ``clear_faults``."""
        self.idp.fail(at, fault, times=times)

    def aws_fails(self, call: Call, fault: AwsFault, *, times: int | None = 1) -> None:
        """The next ``times`` calls meet the fault. None means until ``clear_faults``."""
        self.aws.fail(call, fault, times=times)

    def has_seconds(self, seconds: int) -> None:
        """Sets the function's timeout, from which its deadlines follow. The next start is cold."""
        self._lambda.update_function_configuration(
            FunctionName=self._function_name, Timeout=seconds
        )
        self._timeout_seconds = seconds
        self._warm = False

    def starts_cold(self) -> None:
        """The next rotation runs in a new environment, without credential and token endpoint."""
        self.has_seconds(self._timeout_seconds)

    def parameter(self) -> dict[str, Any] | None:
        """The parameter as consumers read it, or None."""
        try:
            return self.system.parameter()
        except self.system.aws.client("ssm").exceptions.ParameterNotFound:
            return None

    def rotate(self) -> Rotated:
        """Invokes the function as the schedule does, and checks what must always be true."""
        before = self.parameter()
        started = time.monotonic()
        answer = self._lambda.invoke(FunctionName=self._function_name, Payload=BY_SCHEDULE)
        said = answer["Payload"].read().decode()
        seconds = time.monotonic() - started
        assert "timed out" not in said, "the local AWS ends a function as late as Lambda does"
        (entry,) = eventually(lambda: self.system.news() or None, what="the log line")
        failed = "FunctionError" in answer
        assert failed == (entry.outcome == "failed")
        self._warm = not failed
        return Rotated(entry=entry, seconds=seconds, versions_written=self._written_since(before))

    def recovers(self) -> None:
        """Clears the faults and checks that the next rotation publishes a working token."""
        self.clear_faults()
        rotated = self.rotate()
        assert rotated.published, rotated.entry

    def clear_faults(self) -> None:
        """Ends all faults."""
        self.aws.recover()
        self.idp.recover()
        self.idp.accept(self.system.account)

    def ready(self) -> None:
        """Resets: no faults, the deployed timeout, warm, and a valid token published."""
        self.clear_faults()
        if self._timeout_seconds != FUNCTION_TIMEOUT_SECONDS:
            self.has_seconds(FUNCTION_TIMEOUT_SECONDS)
        if not self._warm:
            self.recovers()

    def _written_since(self, before: dict[str, Any] | None) -> int:
        """The number of new versions. Checks that a new record is complete and works."""
        after = self.parameter()
        if after == before:
            return 0
        assert after is not None
        Record.from_json(after["Value"])
        assert self.system.consumer().use().worked
        return int(after["Version"]) - int(before["Version"] if before else 0)


def _disable_parameter_event(events: Any) -> None:
    for rule in events.list_rules()["Rules"]:
        if "aws.ssm" in rule["EventPattern"]:
            events.disable_rule(Name=rule["Name"])
