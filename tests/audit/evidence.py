"""Checks and their evidence: the number of cases, and those that failed."""

import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Final
from xml.etree import ElementTree

from tests.audit import checks

ROOT: Final = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """The result of a check: the number of cases, and the failed ones."""

    cases: int
    misses: tuple[str, ...] = ()
    unknown: str = ""
    """Why some cases could not be checked. They count neither as failed nor as shown."""

    @property
    def holds(self) -> bool:
        """Whether all cases were checked and none failed. A check without cases shows nothing."""
        return self.cases > 0 and not self.misses and not self.unknown

    @property
    def fails(self) -> bool:
        """Whether a case failed. Cases that could not be checked do not fail the check."""
        return bool(self.misses) or (self.cases == 0 and not self.unknown)

    @property
    def result(self) -> str:
        """The text in the table."""
        if self.fails:
            return f"{len(self.misses)} missed" if self.misses else "no case"
        return f"not checked: {self.unknown}" if self.unknown else "holds"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One row of the table."""

    says: str
    """The statement that is true if no case fails."""
    run: Callable[[], Evidence]
    in_gate: Callable[[], Evidence] | None = None
    """A shorter run for test_checks.py: it takes less, and `make audit` the whole."""
    by_make_test: bool = True
    """Whether test_checks.py runs it. False if `make test` runs its tests elsewhere or cannot."""


def every_check() -> Iterator[Check]:
    """All checks, in the order of their file names."""
    for module in iter_modules(checks.__path__, f"{checks.__name__}."):
        check = import_module(module.name).CHECK
        assert isinstance(check, Check)
        yield check


def of_tests(*arguments: str) -> Callable[[], Evidence]:
    """A check that runs pytest with these arguments in the checkout. For `by_make_test=False`."""

    def run() -> Evidence:
        with tempfile.TemporaryDirectory() as directory:
            report = Path(directory) / "report.xml"
            done = subprocess.run(
                [sys.executable, "-m", "pytest", "-q", f"--junitxml={report}", *arguments],
                cwd=ROOT,
                capture_output=True,
                text=True,
                check=False,
            )
            if not report.exists():
                return Evidence(cases=0, misses=(done.stdout[-2000:] + done.stderr[-2000:],))
            tests = list(ElementTree.parse(report).iter("testcase"))
        failed = [
            f"{test.get('classname')}.{test.get('name')}"
            for test in tests
            if test.find("failure") is not None or test.find("error") is not None
        ]
        return Evidence(cases=len(tests), misses=tuple(failed))

    return run
