"""Model of Lambda: asynchronous invocation, reserved concurrency 1, timeout and cold starts."""

import math
from collections.abc import Callable, Iterable
from heapq import heapify, heappop, heappush
from typing import NamedTuple

from studies.simulation.clock import TimeoutReached
from studies.simulation.scenario import Scenario
from studies.simulation.trace import Stream

Handler = Callable[[dict[str, object], float], None]
"""Takes the event and the remaining seconds."""

OLDEST_EVENT_SECONDS = 60.0
"""The asynchronous queue drops an event that it could not deliver within this time."""

_COLD_START_SECONDS = (0.3, 1.2)
"""The shortest and the longest cold start."""


class QueuedEvent(NamedTuple):
    """An event in the asynchronous queue. A throttled event is delivered again later."""

    due: float
    sent: float
    attempt: int
    payload: dict[str, object]

    @classmethod
    def at(cls, moment: float, payload: dict[str, object]) -> "QueuedEvent":
        """An event that is sent at this second."""
        return cls(moment, moment, 0, payload)


class LambdaFunction:
    """A function with reserved concurrency 1 and no retries of failed invocations."""

    def __init__(
        self, scenario: Scenario, build: Callable[[Scenario], Handler], *, timeout_seconds: float
    ) -> None:
        self._scenario = scenario
        self._build = build
        self._timeout = timeout_seconds
        self._recycled = scenario.trace.stream("recycled")
        self._starting = scenario.trace.stream("cold starts")
        self._environment: tuple[int, Handler] | None = None
        self._queue: list[QueuedEvent] = []
        self.runs: list[tuple[float, bool]] = []
        """The second at which each invocation began, and whether it failed."""
        self.failed = 0
        self.cut_off = 0
        self.longest_seconds = 0.0

    @property
    def invocations(self) -> int:
        """How many there were."""
        return len(self.runs)

    def serve(self, events: Iterable[QueuedEvent]) -> None:
        """Invokes the function for each event, in the order of their delivery."""
        self._queue = list(events)
        heapify(self._queue)
        clock = self._scenario.clock
        while self._queue:
            event = heappop(self._queue)
            if event.due >= clock.seconds:
                clock.move_to(event.due)
                self._invoke(event.payload)
                continue
            # The function is busy. AWS Lambda Developer Guide, "How Lambda handles errors and
            # retries with asynchronous invocation": the event returns to the queue, and the
            # interval grows from 1 second.
            due = event.due + 2**event.attempt
            if due - event.sent <= OLDEST_EVENT_SECONDS:
                self.send(event._replace(due=due, attempt=event.attempt + 1))

    def send(self, event: QueuedEvent) -> None:
        """Adds an event while the function serves others."""
        heappush(self._queue, event)

    def _invoke(self, payload: dict[str, object]) -> None:
        clock = self._scenario.clock
        handler = self._warm()
        begun = clock.seconds
        clock.limit = begun + self._timeout
        failed = True
        try:
            handler(payload, self._timeout)
            failed = False
        except TimeoutReached:
            self.cut_off += 1
            self._environment = None
        except Exception:  # noqa: BLE001 - like Lambda
            self.failed += 1
        finally:
            clock.limit = math.inf
            self.runs.append((begun, failed))
            self.longest_seconds = max(self.longest_seconds, clock.seconds - begun)

    def _warm(self) -> Handler:
        """The current execution environment, or a new one after a cold start."""
        clock = self._scenario.clock
        generation = _generation(
            self._recycled, clock.seconds, self._scenario.conditions.recycled_every_hours * 3600
        )
        if self._environment is None or self._environment[0] != generation:
            shortest, longest = _COLD_START_SECONDS
            drawn = self._starting.at(int(clock.seconds))
            clock.advance(shortest + drawn * (longest - shortest))
            self._environment = (generation, self._build(self._scenario))
        return self._environment[1]


def _generation(stream: Stream, moment: float, period: float) -> int:
    """A number that changes once in every period, at a random moment."""
    number = int(moment // period)
    return number + (moment % period >= stream.at(number) * period)
