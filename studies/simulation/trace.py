"""Random numbers that depend on seed, stream and index only.

Strategies make different numbers of calls at different times. They can only be compared in the same
scenario, so no random number may depend on how many were drawn before it.
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
    """A source of random numbers. Number n is always the same."""

    __slots__ = ("_start",)

    def __init__(self, seed: int, name: str) -> None:
        self._start = _mixed(_mixed(seed + 0x9E3779B97F4A7C15) ^ zlib.crc32(name.encode()))

    def at(self, index: int) -> float:
        """Number ``index``, uniformly distributed in [0, 1)."""
        return _mixed((self._start + index * 0x9E3779B97F4A7C15) & _64_BITS) / (1 << 64)

    def choice(self, index: int, options: Sequence[T]) -> T:
        """One of the options. All are equally likely."""
        return options[int(self.at(index) * len(options))]


class Trace:
    """All sources of random numbers of one run."""

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def stream(self, name: str) -> Stream:
        """The source with this name."""
        return Stream(self.seed, name)
