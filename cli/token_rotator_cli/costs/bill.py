"""``token-rotator costs``: the monthly cost of a configuration, and the effect of settings."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from token_rotator_cdk.config.models.deployment import Deployment
from token_rotator_cdk.config.models.rotator import RotatorConfig, SecretConfig
from token_rotator_cdk.config.models.stack import Architecture, StackConfig
from token_rotator_cli.console import Console
from token_rotator_cli.costs.prices import AS_OF, priced
from token_rotator_cli.costs.usage import usage_of_rotator, usage_of_stack
from token_rotator_cli.deployment.target import CONFIG, place_in, read_config
from token_rotator_cli.place import Place

DEFAULTS: Final = Deployment(
    stack=StackConfig(name="tokens"),
    rotators={"marketing": RotatorConfig(parameter_name="/marketing/access-token")},
)
"""The deployment to calculate if there is no file."""

_CHANGES: Final[Mapping[str, Mapping[str, object]]] = {
    "secret.arn = an existing secret": {"secret": SecretConfig.model_construct(arn="")},
    "watchdog_min_remaining_seconds = 0": {"watchdog_min_remaining_seconds": 0},
    "interval_minutes = 2": {"interval_minutes": 2},
    "memory_mb = 512": {"memory_mb": 512},
}


def costs(config: Path | None, console: Console) -> int:
    """Runs the command and returns the exit code. Raises ConfigFileError."""
    if config is None and not CONFIG.exists():
        deployment = DEFAULTS
        console.show_place(Place(calls_aws=False))
        console.note(
            f"There is no {CONFIG} in this directory. Using one rotator with the defaults."
        )
    else:
        deployment = read_config(config or CONFIG)
        console.show_place(place_in(deployment))
    for line in bill(deployment):
        console.text(line)
    console.document(as_json(deployment))
    return 0


def rotator_items(rotator: RotatorConfig, architecture: Architecture) -> dict[str, float]:
    """Dollars per month for a rotator, by item."""
    return priced(usage_of_rotator(rotator, architecture))


def stack_items(stack: StackConfig) -> dict[str, float]:
    """Dollars per month for a stack's shared resources, by item."""
    return priced(usage_of_stack(stack))


def as_json(deployment: Deployment) -> dict[str, object]:
    """The cost as JSON."""
    architecture = deployment.stack.architecture
    rotators = {name: rotator_items(one, architecture) for name, one in deployment.rotators.items()}
    stacks = {one.stack.name: stack_items(one.stack) for one in deployment.by_stack()}
    items = [*rotators.values(), *stacks.values()]
    return {
        "ok": True,
        "prices_as_of": AS_OF,
        "rotators": rotators,
        "stacks": stacks,
        "total": sum(sum(one.values()) for one in items),
    }


def bill(deployment: Deployment) -> Iterator[str]:
    """The lines of the cost table."""
    yield f"US dollars per month, at the list prices of {AS_OF} in US East (N. Virginia), without"
    yield "free tier or failures. Not included: calls by consumers, taxes, stored logs (cents)."
    architecture = deployment.stack.architecture
    alike: dict[tuple[tuple[str, float], ...], list[str]] = {}
    for name, rotator in deployment.rotators.items():
        alike.setdefault(tuple(rotator_items(rotator, architecture).items()), []).append(name)
    total = 0.0
    for items, names in alike.items():
        others = "" if len(names) == 1 else f", and {len(names) - 1} more like it"
        yield ""
        yield from _table(f"each rotator ({names[0]}{others})", dict(items))
        total += len(names) * sum(dict(items).values())
    stacks = len(deployment.by_stack())
    shared = stack_items(deployment.stack)
    total += stacks * sum(shared.values())
    yield ""
    yield from _table("each stack", shared)
    yield ""
    yield _line(f"total (rotators: {len(deployment.rotators)}, stacks: {stacks})", total)
    yield ""
    yield "Effect of settings, per rotator:"
    yield from _changes(next(iter(deployment.rotators.values())), architecture)


def _table(heading: str, items: Mapping[str, float]) -> Iterator[str]:
    yield _line(heading, sum(items.values()))
    for name, dollars in sorted(items.items(), key=lambda item: -item[1]):
        yield _line(f"  {name}", dollars)


def _changes(rotator: RotatorConfig, architecture: Architecture) -> Iterator[str]:
    changed = {
        setting: (rotator.model_copy(update=change), architecture)
        for setting, change in _CHANGES.items()
    }
    for other in Architecture:
        changed[f'architecture = "{other}"'] = (rotator, other)
    now = sum(rotator_items(rotator, architecture).values())
    for setting, then in changed.items():
        difference = sum(rotator_items(*then).values()) - now
        if abs(difference) >= 0.005:  # noqa: PLR2004 - less is shown as 0.00
            yield _line(f"  {setting}", difference, sign="+")


def _line(text: str, dollars: float, *, sign: str = "") -> str:
    return f"{text:<58}{dollars:{sign}9.2f}"
