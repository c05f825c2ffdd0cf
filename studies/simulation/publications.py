"""History of publications, and of the periods in which no valid token was published."""

import itertools
from bisect import bisect_left
from dataclasses import dataclass, field

from studies.simulation.identity_provider import valid_until


@dataclass
class PublicationHistory:
    """Recorded by the Parameter Store. A token is valid as long as its issuer accepts it."""

    publications: list[tuple[float, float]] = field(default_factory=list)
    """The second of each publication, and the second at which its token expires."""
    gaps: list[tuple[float, float]] = field(default_factory=list)
    """Start and end of each period without a valid published token."""
    lives_left: list[float] = field(default_factory=list)
    """The remaining seconds of each replaced token. Negative if it had expired."""

    def published(self, token: str, moment: float) -> None:
        """From now on consumers read this token."""
        self._close(moment)
        self.publications.append((moment, valid_until(token)))

    def deleted(self, moment: float) -> None:
        """From now on consumers find no parameter."""
        since, dies = self.publications.pop()
        self.publications.append((since, min(dies, moment)))

    def ended(self, moment: float) -> None:
        """Ends the history at the end of the run."""
        self._close(moment)
        if self.publications:
            self.lives_left.pop()

    def unavailable(self, start: float, end: float) -> float:
        """The seconds from start to end in which no valid token was published."""
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
