"""A call of an AWS action, and its evaluation by the IAM simulator."""

import json
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Final

from tests.audit.iam.account import Account

SIMULATOR: Final = Path(__file__).with_name("simulate.mjs")
ALLOWED: Final = "Allowed"
REFUSED: Final = frozenset({"ImplicitlyDenied", "ExplicitlyDenied"})
_DECIDED: Final[dict[str, str]] = {}
"""Answers of this process, by simulation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request to AWS, or one that AWS makes on behalf of a principal."""

    principal: str
    """The ARN of a role or the name of a service."""
    action: str
    resource: str
    context: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """The request's condition keys."""

    def __str__(self) -> str:
        who = self.principal.rsplit("/", 1)[-1]
        context = "".join(f", {key}={value}" for key, value in self.context.items())
        return f"{who}: {self.action} {self.resource}{context}"


def decisions(asked: Iterable[tuple[Account, Call]]) -> Sequence[str]:
    """For each call ``Allowed``, one of ``REFUSED``, or the reason why it is not a valid call.

    One process evaluates all calls that no process has evaluated yet: it takes 0.3 s to start and
    1 ms for each call, and deployments have many calls in common.
    """
    simulations = [
        json.dumps(account.simulation(call.principal, call.action, call.resource, call.context))
        for account, call in asked
    ]
    if unknown := [one for one in dict.fromkeys(simulations) if one not in _DECIDED]:
        _DECIDED.update(zip(unknown, _simulated(unknown), strict=True))
    return [_DECIDED[one] for one in simulations]


def _simulated(simulations: Sequence[str]) -> Sequence[str]:
    run = subprocess.run(
        ["node", SIMULATOR],
        input=f"[{','.join(simulations)}]",
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    answers: list[str] = json.loads(run.stdout)
    return answers
