"""What does chance decide? Numbers that depend on seed, stream and index, and on nothing else.

Strategies make different numbers of calls at different times. They can only be compared if the
world around them is the same, so no draw may depend on how many draws there were before it.
"""

import zlib
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")

_64_BITS = (1 << 64) - 1


def _mixed(x: int) -> int:
    """The finalizer of SplitMix64 (Steele, Lea, Flood: Fast splittable generators, 2014)."""
    x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & _64_BITS
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & _64_BITS
    return x ^ (x >> 31)


class Stream:
    """One source of chance: number n is the same whenever it is asked for."""

    __slots__ = ("_start",)

    def __init__(self, seed: int, name: str) -> None:
        self._start = _mixed(_mixed(seed + 0x9E3779B97F4A7C15) ^ zlib.crc32(name.encode()))

    def at(self, index: int) -> float:
        """Uniform in [0, 1)."""
        return _mixed((self._start + index * 0x9E3779B97F4A7C15) & _64_BITS) / (1 << 64)

    def choice(self, index: int, options: Sequence[T]) -> T:
        """Each option is as likely as the others."""
        return options[int(self.at(index) * len(options))]


class Trace:
    """All sources of chance of one simulated stretch of time."""

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def stream(self, name: str) -> Stream:
        """The source of that name."""
        return Stream(self.seed, name)
