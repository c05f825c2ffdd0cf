"""Claims of an identity provider about the lifetime of its tokens, true and false ones."""

from dataclasses import dataclass
from typing import Final

from token_rotator_cdk.config.defaults import Default


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """How long tokens live, and the ``expires_in`` of one answer after the other, in seconds."""

    name: str
    lives: int = Default.TOKEN_LIFETIME_SECONDS
    said: tuple[int | None, ...]
    """Repeated from the start after the last one. None: the answer has no ``expires_in``."""

    def of(self, number: int) -> dict[str, object]:
        """The answer's fields about the lifetime of token ``number``."""
        expires_in = self.said[number % len(self.said)]
        return {} if expires_in is None else {"expires_in": expires_in}


TRUTHFUL: Final = Claims(name="300, which is true", said=(300,))
SHORT: Final = Claims(name="120, which is true", lives=120, said=(120,))
UNTRUE: Final = (
    Claims(name="300,000 in one answer of a hundred", said=(300_000, *[300] * 99)),
    Claims(name="300,000 (milliseconds)", said=(300_000,)),
    Claims(name="3,600", said=(3600,)),
    Claims(name="3,600 and 300 in turn", said=(3600, 300)),
    Claims(name="120 and 3,600 in turn", said=(120, 3600)),
    Claims(name="120", said=(120,)),
    Claims(name="nothing", said=(None,)),
)
"""Tokens live 300 s, and the answers say something else."""

ALL: Final = (TRUTHFUL, *UNTRUE, SHORT)
