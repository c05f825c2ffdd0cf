"""A Parameter Store and a virtual clock for tests of the reader."""

import json
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from fakes.clock import NOON, Clock
from fakes.parameter_store import FakeParameterStore
from token_reader import TokenReader
from token_rotator.parameter.record import Record

NAME = "/intelligence/marketing/access-token"
START = NOON.timestamp()


class ReaderScenario(FakeParameterStore):
    """A Parameter Store that counts reads, its clock, and a rotator that publishes."""

    def __init__(self) -> None:
        self.clock = Clock()
        super().__init__(now=self.clock.now)
        self._stood_still = 0.0
        self.clock_error = 0.0
        """How far this machine's clock is ahead of the rotator's."""
        self.published = 0
        self.read_times: list[float] = []
        self.most_in_flight = 0
        self.during_read: Callable[[], None] = lambda: None
        self.after_read: Callable[[], None] = lambda: None
        """Called when the answer is on its way."""
        self._in_flight = 0
        self._counting = threading.Lock()

    def seconds(self) -> float:
        return self.clock.now().timestamp()

    def ticks(self) -> float:
        """The monotonic clock."""
        return self.seconds() - START - self._stood_still

    def step(self, seconds: float) -> None:
        """Sets the wall clock. The monotonic one stands still, as in a machine that is frozen."""
        self.clock.advance(seconds=seconds)
        self._stood_still += seconds

    def set_clock(self, error: float) -> None:
        """Sets this machine's clock, so that it is ahead of the rotator's by this much."""
        self.step(error - self.clock_error)
        self.clock_error = error

    def at(self, seconds: float) -> None:
        """Sets the clock to this many seconds after the start."""
        self.clock.moment = NOON + timedelta(seconds=seconds)

    def reader(self, *, jitter: float = 0.0, lifetime: timedelta | None = None) -> TokenReader:
        client: Any = self
        return TokenReader(
            NAME,
            client,
            lifetime=lifetime,
            now=self.seconds,
            ticks=self.ticks,
            jitter=lambda: jitter,
        )

    def publish(self, *, lifetime: float = 300) -> str:
        """Publishes a new token and returns it."""
        self.published += 1
        token = f"token-{self.published}"
        now = self.clock.now() - timedelta(seconds=self.clock_error)
        record = Record(
            access_token=token, issued_at=now, expires_at=now + timedelta(seconds=lifetime)
        )
        self.write(record.to_json())
        return token

    def write(self, value: str) -> None:
        self.put_parameter(Name=NAME, Value=value, Type="SecureString", Overwrite=True)

    def write_fields(self, **changes: object) -> None:
        now = int(self.seconds())
        fields = {
            "access_token": "abc",
            "token_type": "Bearer",
            "issued_at": now,
            "expires_at": now + 300,
        }
        self.write(json.dumps(fields | changes))

    def delete(self) -> None:
        self._parameters.pop(NAME, None)

    def heal(self) -> None:
        """From now on Parameter Store answers."""
        self._failures.clear()

    def close(self) -> None:
        """Called in a forked child, before it reads."""

    @property
    def reads(self) -> int:
        return len(self.read_times)

    def get_parameter(self, **arguments: Any) -> dict[str, Any]:
        with self._counting:
            self.read_times.append(self.seconds())
            self._in_flight += 1
            self.most_in_flight = max(self.most_in_flight, self._in_flight)
        try:
            self.during_read()
            try:
                return super().get_parameter(**arguments)
            finally:
                self.after_read()
        finally:
            with self._counting:
                self._in_flight -= 1
