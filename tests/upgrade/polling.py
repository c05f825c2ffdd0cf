"""A consumer that never stops reading."""

import threading
from dataclasses import dataclass, field

from local.observation.consumer import Consumer, Use
from tests.support.system import eventually


@dataclass(kw_only=True)
class Polling:
    """A consumer that reads the parameter and uses the token until it is stopped."""

    consumer: Consumer
    uses: list[Use | Exception] = field(default_factory=list)

    def __enter__(self) -> "Polling":
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._poll)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self._thread.join()

    def _poll(self) -> None:
        while not self._stopped.wait(0.05):
            try:
                self.uses.append(self.consumer.use())
            except Exception as error:  # noqa: BLE001 - what a consumer meets is what is looked for
                self.uses.append(error)

    def use_some(self) -> None:
        """Waits until it has used a token a few times more."""
        seen = len(self.uses)
        eventually(lambda: len(self.uses) > seen + 2 or None, what="a consumer that goes on")

    def version(self) -> int:
        """Of the parameter, as it was read last."""
        versions = (one.published.version for one in self._answers() if one.published)
        return max(versions, default=0)

    @property
    def without_a_valid_token(self) -> list[Use | Exception]:
        return [one for one in self.uses if isinstance(one, Exception) or not one.worked]

    def _answers(self) -> list[Use]:
        return [one for one in self.uses if isinstance(one, Use)]
