"""A proxy between the function and the local AWS that makes AWS calls fail (microburst)."""

import json
import os
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from local.aws.emulator import INTERPRETER
from local.process import environment
from local.process.ports import LOOPBACK
from local.process.tethered import Tethered


class Call(Enum):
    """The function's AWS calls: the service's signing name and the operation."""

    GET_PARAMETER = ("ssm", "GetParameter")
    PUT_PARAMETER = ("ssm", "PutParameter")
    ADD_TAGS = ("ssm", "AddTagsToResource")
    GET_SECRET_VALUE = ("secretsmanager", "GetSecretValue")

    def __str__(self) -> str:
        return self.value[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class AwsFault:
    """A fault of a call, as a microburst rule."""

    name: str
    rule: Mapping[str, object] = field(repr=False)

    def __str__(self) -> str:
        return self.name


def error(code: str, *, status: int = 400) -> AwsFault:
    """AWS returns this error, and the call has no effect."""
    return AwsFault(name=code, rule={"error": {"code": code, "status": status}})


def slow(seconds: float) -> AwsFault:
    """The call takes effect after this delay."""
    return AwsFault(name=f"slow by {seconds:g} s", rule={"latency": seconds * 1000})


THROTTLED: Final = error("ThrottlingException")
SERVER_ERROR: Final = error("InternalServerError", status=500)
HANG: Final = AwsFault(name="hang", rule={"timeout_ms": 120_000})
"""The connection stays open without an answer. The call has no effect."""
RESET: Final = AwsFault(name="reset", rule={"reset": True})
"""The connection ends before the call takes effect."""
ANSWER_LOST: Final = AwsFault(name="answer lost", rule={"response": {"abort_bytes": 0}})
"""The call takes effect, but the connection ends before the answer's first byte."""
BROKEN_OFF: Final = AwsFault(name="broken off", rule={"response": {"abort_frac": 0.5}})
"""The call takes effect, but the connection ends in the middle of the answer."""
TRUNCATED: Final = AwsFault(name="truncated", rule={"response": {"truncate_frac": 0.5}})
"""The call takes effect, but a complete HTTP response contains only half of the JSON."""


class FaultProxyFailed(Exception):
    """The proxy did not start. The message ends with its last output."""


class FaultProxy:
    """Forwards all calls except for those that are to fail."""

    def __init__(self, *, port: int, upstream_url: str, directory: Path) -> None:
        """Starts the proxy. Raises FaultProxyFailed."""
        self.url: Final = f"http://{LOOPBACK}:{port}"
        self._control = f"{self.url}/_microburst"
        self._process = Tethered(
            [INTERPRETER, "-P", "-m", "microburst", "--host", LOOPBACK, "--port", str(port),
             "--upstream", upstream_url, "--no-resign"],
            environment=environment.minimal(os.environ, temporary=directory),
            output=directory / "microburst.log",
            working_directory=directory,
        )  # fmt: skip
        try:
            self._await_health()
        except BaseException:
            self.stop()
            raise

    def fail(self, call: Call, fault: AwsFault, *, times: int | None = 1) -> None:
        """The next ``times`` calls meet the fault. None means until ``recover``."""
        service, operation = call.value
        limit = {} if times is None else {"times": times}
        self._send(
            "PATCH", "rules", [{"service": service, "operation": operation, **limit, **fault.rule}]
        )

    def recover(self) -> None:
        """Ends all faults and resets the counters."""
        self._send("POST", "rules", [])
        self._send("DELETE", "fired")

    def fault_count(self, call: Call) -> int:
        """The number of calls that met a fault since ``recover``."""
        _, operation = call.value
        return len(self._send("GET", f"fired?operation={operation}&limit=2000"))

    def stop(self) -> None:
        """Ends the proxy, including connections that hang."""
        self._process.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _await_health(self) -> None:
        if not self._process.wait_until_serving(f"{self._control}/health"):
            raise FaultProxyFailed(f"The fault proxy did not start:\n{self._process.last_output()}")

    def _send(self, method: str, path: str, content: object = None) -> Any:
        request = urllib.request.Request(  # noqa: S310
            f"{self._control}/{path}",
            data=None if content is None else json.dumps(content).encode(),
            headers={"Content-Type": "application/json"},
            method=method,
        )
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=30) as answer:
            return json.load(answer)
