"""What does a deployment cost a month, and which setting changes it?

Prints the bill of a ``rotators.toml``, at list prices.
"""

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from token_rotator_cdk import ROOT
from token_rotator_cdk.config.issues import ConfigurationIssues
from token_rotator_cdk.config.load import load
from token_rotator_cdk.config.models import Deployment, RotatorConfig, SecretConfig
from token_rotator_cli.costs import prices
from token_rotator_cli.costs.usage import PARAMETER_CALLS, SECRET_CALLS, usage

_CHANGES: Final[Mapping[str, Mapping[str, object]]] = {
    "secret.arn = an existing secret": {"secret": SecretConfig.model_construct(arn="")},
    "watchdog_min_remaining_seconds = 0": {"watchdog_min_remaining_seconds": 0},
    "interval_minutes = 2": {"interval_minutes": 2},
    "memory_mb = 128": {"memory_mb": 128},
    "memory_mb = 512": {"memory_mb": 512},
}
_WORTH_SAYING: Final = 0.005


def rotator_items(rotator: RotatorConfig) -> dict[str, float]:
    """Dollars a month of what a rotator adds to a stack, by item."""
    of = usage(rotator)
    return {
        "secret": prices.SECRET.of(of.own_secret),
        "secret: calls": prices.SECRET_CALL.of(of.rotations * SECRET_CALLS),
        "parameter": prices.PARAMETER.of(1),
        "parameter: calls": prices.PARAMETER_CALL.of(of.rotations * PARAMETER_CALLS),
        "customer key: calls": prices.KEY_CALL.of(of.key_calls),
        "alarms": prices.ALARM.of(of.alarms),
        "metrics": prices.METRIC.of(of.metrics),
        "schedules": prices.SCHEDULE.of(of.runs),
        "function: requests": prices.FUNCTION_REQUEST.of(of.runs),
        "function: duration": prices.FUNCTION_DURATION.of(of.gb_seconds),
        "logs": prices.LOGS.of(of.log_bytes),
    }


def stack_items(deployment: Deployment) -> dict[str, float]:
    """Dollars a month of what the rotators of one stack share."""
    return {
        "customer key": prices.KEY.of(1),
        "dashboard": prices.DASHBOARD.of(deployment.stack.dashboard),
    }


def bill(deployment: Deployment) -> Iterator[str]:
    """As a person reads it."""
    yield f"Dollars a month at the list prices of {prices.AS_OF}, US East (N. Virginia), no free"
    yield "tier, no failures; without consumers' own calls, taxes, and cents for stored logs."
    stacks = deployment.by_stack()
    kinds: dict[tuple[tuple[str, float], ...], list[str]] = {}
    for name, rotator in deployment.rotators.items():
        kinds.setdefault(tuple(rotator_items(rotator).items()), []).append(name)
    total = 0.0
    for items, names in kinds.items():
        alike = "" if len(names) == 1 else f", and {len(names) - 1} more like it"
        yield ""
        yield from _table(f"each rotator ({names[0]}{alike})", dict(items))
        total += len(names) * sum(dict(items).values())
    yield ""
    yield from _table(f"each of {len(stacks)} stacks, shared", stack_items(stacks[0]))
    total += len(stacks) * sum(stack_items(stacks[0]).values())
    yield ""
    yield _line(f"in all, {len(deployment.rotators)} rotators in {len(stacks)} stacks", total)
    yield ""
    yield "What a setting changes, for each rotator:"
    yield from _changes(next(iter(deployment.rotators.values())))
    yield _line("  dashboard = false, for each stack", -prices.DASHBOARD.of(1), sign="+")


def _table(heading: str, items: Mapping[str, float]) -> Iterator[str]:
    total = sum(items.values())
    yield _line(heading, total)
    for name, dollars in sorted(items.items(), key=lambda item: -item[1]):
        yield _line(f"  {name}", dollars) + f"{dollars / total:6.0%}"


def _changes(rotator: RotatorConfig) -> Iterator[str]:
    now = sum(rotator_items(rotator).values())
    for says, change in _CHANGES.items():
        difference = sum(rotator_items(rotator.model_copy(update=change)).values()) - now
        if abs(difference) >= _WORTH_SAYING:
            yield _line(f"  {says}", difference, sign="+")


def _line(text: str, dollars: float, *, sign: str = "") -> str:
    return f"{text:<58}{dollars:{sign}9.2f}"


def main(files: list[str]) -> int:
    """Prints the bill."""
    try:
        deployment = load(Path(files[0]) if files else ROOT / "rotators.toml")
    except ConfigurationIssues as issues:
        print(issues, file=sys.stderr)  # noqa: T201
        return 1
    print("\n".join(bill(deployment)))  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
