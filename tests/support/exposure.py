"""Collects the output of a call from every place where a secret could leak."""

import logging
import os
import sys
import traceback
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pytest
from rich.traceback import Traceback

from tests.support.leaks import Secrets

_STARTS: Final = frozenset({"subprocess.Popen", "os.exec", "os.posix_spawn", "os.system"})
_LIBRARIES: Final = (None, "botocore", "boto3", "urllib3", "token-rotator")


@dataclass
class Exposure:
    """The collected output, by place."""

    secrets: Secrets = field(default_factory=Secrets)
    _shown: list[tuple[str, str]] = field(default_factory=list)

    def add(self, place: str, text: str) -> None:
        self._shown.append((place, text))

    def raised(self, error: BaseException) -> None:
        """Adds what a formatter or an error tracker could print of the error, locals included."""
        for number, one in enumerate(_family(error)):
            self.add("exception", f"{one} {one!r} {one.args} {vars(one)}")
            told = traceback.TracebackException.from_exception(one, capture_locals=True)
            place = "traceback" if number == 0 else "chain"
            self.add(place, "".join(told.format(chain=False)))
            self.add(place, _by_rich(one))

    @property
    def leaks(self) -> set[tuple[str, str]]:
        """Pairs of the place and the name of the secret that leaked there."""
        return {
            (place, name) for place, text in self._shown for name in self.secrets.shown_in(text)
        }

    @property
    def places(self) -> set[str]:
        return {place for place, text in self._shown if text}

    def of(
        self,
        call: Callable[[], object],
        capture: pytest.CaptureFixture[str],
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        """Calls it and collects its output, errors, logs, files and processes, and only those."""
        self._shown.clear()
        capture.readouterr()
        caplog.clear()
        # not a variable of this frame, which is part of the traceback that is searched
        with (
            _changed_environment(self),
            _audited(self),
            warnings.catch_warnings(record=True) as warned,
        ):
            warnings.simplefilter("always")
            try:
                call()
            except BaseException as error:  # noqa: BLE001 - any error is searched for secrets
                self.raised(error)
        captured = capture.readouterr()
        self.add("stdout", captured.out)
        self.add("stderr", captured.err)
        for record in caplog.records:
            self.add("log", f"{record.getMessage()} {vars(record)}")
            if record.exc_info and record.exc_info[1]:
                self.raised(record.exc_info[1])
        for warning in warned:
            self.add("stderr", str(warning.message))


def talkative(caplog: pytest.LogCaptureFixture) -> None:
    """Sets every library's logger to DEBUG. Code that silences a library has to run later."""
    for library in _LIBRARIES:
        caplog.set_level(logging.DEBUG, logger=library)


def _family(error: BaseException) -> list[BaseException]:
    """The error, its causes, its contexts (even those hidden by "from None") and group members."""
    found: list[BaseException] = []
    left = [error]
    while left:
        one = left.pop(0)
        if one in found:
            continue
        found.append(one)
        left += [kin for kin in (one.__cause__, one.__context__) if kin is not None]
        left += list(getattr(one, "exceptions", ()))
    return found


def _by_rich(error: BaseException) -> str:
    """The locals of each frame as rich prints them, without its layout, which takes seconds."""
    trace = Traceback.extract(
        type(error), error, error.__traceback__, show_locals=True, locals_max_string=100_000,
        locals_max_length=10_000,
    )  # fmt: skip
    return "\n".join(
        f"{frame.filename}:{frame.lineno} {frame.line} {name} = {value}"
        for stack in trace.stacks
        for frame in stack.frames
        for name, value in (frame.locals or {}).items()
    )


@contextmanager
def _changed_environment(exposure: Exposure) -> Iterator[None]:
    before = dict(os.environ)
    yield
    for name, value in os.environ.items():
        if before.get(name) != value:
            exposure.add("environment", f"{name}={value}")


_watched: list[Exposure] = []


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    """The audit hook. Hooks cannot be removed, so it does nothing unless a call is watched."""
    if not _watched:
        return
    exposure = _watched[-1]
    if event in _STARTS:
        exposure.add("process", repr(arguments))
    elif event == "os.putenv":
        exposure.add("environment", repr(arguments))
    elif event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+"):
        exposure.add("files", str(arguments[0]))


sys.addaudithook(_hook)


@contextmanager
def _audited(exposure: Exposure) -> Iterator[None]:
    _watched.append(exposure)
    try:
        yield
    finally:
        _watched.remove(exposure)
        for name in [text for place, text in exposure._shown if place == "files"]:  # noqa: SLF001
            if Path(name).is_file():
                exposure.add("file", Path(name).read_text(encoding="latin-1"))
