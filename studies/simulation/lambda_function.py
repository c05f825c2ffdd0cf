"""How does Lambda run a function? One at a time, up to its time-out, in passing environments."""

import math
from collections.abc import Callable, Iterable
from heapq import heapify, heappop, heappush
from typing import NamedTuple

from studies.simulation.clock import CutOff
from studies.simulation.trace import Stream
from studies.simulation.world import Scenario

Handler = Callable[[dict[str, object], float], None]
"""Takes the event and the seconds that are left."""

OLDEST_EVENT_SECONDS = 60.0
"""The asynchronous queue drops an event that it could not deliver for so long."""

_STARTED = (0.3, 1.2)
"""Seconds that a cold start takes, from and to."""


class Firing(NamedTuple):
    """An event on its way to the function; the queue tries it again later when it is throttled."""

    due: float
    sent: float
    attempt: int
    event: dict[str, object]

    @classmethod
    def at(cls, moment: float, event: dict[str, object]) -> "Firing":
        """Sent at that second."""
        return cls(moment, moment, 0, event)


class LambdaFunction:
    """Reserved concurrency 1, no retries of failed invocations."""

    def __init__(
        self, world: Scenario, build: Callable[[Scenario], Handler], *, timeout_seconds: float
    ) -> None:
        self._world = world
        self._build = build
        self._timeout = timeout_seconds
        self._recycled = world.trace.stream("recycled")
        self._starting = world.trace.stream("cold starts")
        self._environment: tuple[int, Handler] | None = None
        self.invocations = 0
        self.failed = 0
        self.cut_off = 0
        self.longest_seconds = 0.0

    def serve(self, firings: Iterable[Firing]) -> None:
        """Runs what arrives, in the order in which it arrives."""
        queue = list(firings)
        heapify(queue)
        clock = self._world.clock
        while queue:
            firing = heappop(queue)
            if firing.due >= clock.seconds:
                clock.move_to(firing.due)
                self._invoke(firing.event)
                continue
            # busy. AWS Lambda Developer Guide, "How Lambda handles errors and retries with
            # asynchronous invocation": back to the queue, at intervals that grow from 1 second
            due = firing.due + 2**firing.attempt
            if due - firing.sent <= OLDEST_EVENT_SECONDS:
                heappush(queue, firing._replace(due=due, attempt=firing.attempt + 1))

    def _invoke(self, event: dict[str, object]) -> None:
        clock = self._world.clock
        handler = self._warm()
        begun = clock.seconds
        clock.limit = begun + self._timeout
        self.invocations += 1
        try:
            handler(event, self._timeout)
        except CutOff:
            self.cut_off += 1
            self._environment = None
        except Exception:  # noqa: BLE001 - like Lambda
            self.failed += 1
        finally:
            clock.limit = math.inf
            self.longest_seconds = max(self.longest_seconds, clock.seconds - begun)

    def _warm(self) -> Handler:
        """The environment that is there, or a new one, which takes a moment."""
        clock = self._world.clock
        generation = _generation(
            self._recycled, clock.seconds, self._world.conditions.recycled_every_hours * 3600
        )
        if self._environment is None or self._environment[0] != generation:
            shortest, longest = _STARTED
            drawn = self._starting.at(int(clock.seconds))
            clock.advance(shortest + drawn * (longest - shortest))
            self._environment = (generation, self._build(self._world))
        return self._environment[1]


def _generation(stream: Stream, moment: float, period: float) -> int:
    """Changes once in every period, at any moment of it."""
    number = int(moment // period)
    return number + (moment % period >= stream.at(number) * period)
