"""What did consumers find? Publications, and the seconds in which no valid token was published."""

import itertools
from bisect import bisect_left
from dataclasses import dataclass, field

from studies.simulation.identity_provider import valid_until


@dataclass
class Ledger:
    """Filled by the Parameter Store while time passes; valid is what the issuer honours."""

    publications: list[tuple[float, float]] = field(default_factory=list)
    """Moment, and the end of the token's life."""
    gaps: list[tuple[float, float]] = field(default_factory=list)
    """From when to when no valid token was published."""
    lives_left: list[float] = field(default_factory=list)
    """Of the token that was replaced; negative where it was dead already."""

    def published(self, token: str, moment: float) -> None:
        """Consumers find this token from now on."""
        self._close(moment)
        self.publications.append((moment, valid_until(token)))

    def deleted(self, moment: float) -> None:
        """Consumers find nothing from now on."""
        since, dies = self.publications.pop()
        self.publications.append((since, min(dies, moment)))

    def ended(self, moment: float) -> None:
        """The simulated time is over."""
        self._close(moment)
        if self.publications:
            self.lives_left.pop()

    def unavailable(self, start: float, end: float) -> float:
        """Seconds between start and end in which no valid token was published."""
        first = bisect_left(self.gaps, start, key=lambda gap: gap[1])
        return sum(
            min(gap_end, end) - max(gap_start, start)
            for gap_start, gap_end in itertools.takewhile(
                lambda gap: gap[0] < end, itertools.islice(self.gaps, first, None)
            )
        )

    def _close(self, moment: float) -> None:
        if not self.publications:
            return
        since, dies = self.publications[-1]
        self.lives_left.append(dies - moment)
        if moment > dies:
            self.gaps.append((max(since, dies), moment))
