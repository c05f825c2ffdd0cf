"""A switch and its positions."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol, TypeVar


class UnknownControl(LookupError):
    """There is no such switch, position or button."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """A position of a switch."""

    name: str
    label: str
    turn: Callable[[], object] = field(repr=False)
    """Makes the system behave so, whatever the position was before."""


class Switch:
    """A part of the system that works or fails in one of several ways."""

    def __init__(self, name: str, label: str, positions: Sequence[Position]) -> None:
        """The switch is in its first position, in which the part works."""
        self.name: Final = name
        self.label: Final = label
        self.positions: Final = tuple(positions)
        self.now = self.positions[0].name

    def turn(self, name: str) -> None:
        """Turns the switch. Raises NotOnThePanel."""
        _named(name, self.positions).turn()
        self.now = name


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """Something to do once."""

    name: str
    label: str
    press: Callable[[], object] = field(repr=False)


class Panel:
    """All switches and buttons. Thread-safe."""

    def __init__(self, *, switches: Sequence[Switch], buttons: Sequence[Button]) -> None:
        self.switches: Final = tuple(switches)
        self.buttons: Final = tuple(buttons)
        self._lock = threading.Lock()

    def turn(self, switch: str, position: str) -> None:
        """Turns a switch. Raises NotOnThePanel."""
        with self._lock:
            _named(switch, self.switches).turn(position)

    def press(self, button: str) -> None:
        """Presses a button. Raises NotOnThePanel."""
        with self._lock:
            _named(button, self.buttons).press()


class _Named(Protocol):
    @property
    def name(self) -> str: ...


_T = TypeVar("_T", bound=_Named)


def _named(name: str, things: Sequence[_T]) -> _T:
    for one in things:
        if one.name == name:
            return one
    raise UnknownControl(f"there is no {name}")
