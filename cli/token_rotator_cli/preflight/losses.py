"""Finds consumers that would lose their token by a deployment."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from token_rotator_cli.deployment.inventory import DeployedRotator
from token_rotator_cli.preflight.moves import is_moved
from token_rotator_cli.preflight.planned.stacks import PlannedRotator, PlannedStack


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """Consumers of a parameter that would be left without a token that they can read."""

    parameter_name: str
    message: str
    """The effect, its cause and how to avoid it."""


_SIDE_BY_SIDE: Final = (
    "To migrate them first, keep this rotator and add a second one with another parameter."
)

_EACH_ITS_KEY: Final = (
    "Each encrypts it with its own key, which the other's consumers may not use. Set another "
    "parameter_name, or remove one of them."
)


def losses(stacks: Sequence[PlannedStack], deployed: Sequence[DeployedRotator]) -> Iterator[Loss]:
    """Compares the planned stacks of one account and region with the deployed rotators."""
    planned = [rotator for stack in stacks for rotator in stack.rotators]
    by_name = {one.rotator: one for one in planned}
    by_parameter: dict[str, PlannedRotator] = {}
    for one in planned:
        first = by_parameter.setdefault(one.parameter_name, one)
        if first is not one:
            message = f"{first.rotator} and {one.rotator} would both write it. {_EACH_ITS_KEY}"
            yield Loss(parameter_name=one.parameter_name, message=message)
    names = {stack.name for stack in stacks}
    secrets = {one.secret_name for one in deployed}
    for old in deployed:
        same, writer = by_name.get(old.rotator), by_parameter.get(old.parameter_name)
        if same is None and old.stack not in names:
            messages = _of_others(old, writer)
        elif writer is None:
            messages = _of_nobody(old, same)
        else:
            messages = _of_writer(old, writer, secrets)
        for message in messages:
            yield Loss(parameter_name=old.parameter_name, message=message)


def _of_others(old: DeployedRotator, writer: PlannedRotator | None) -> Iterator[str]:
    """Losses if the old rotator is not part of this deployment."""
    if writer is not None:
        yield (
            f"{old.rotator} writes it and stays deployed, and {writer.rotator} would also write "
            f"it. {_EACH_ITS_KEY}"
        )


def _of_nobody(old: DeployedRotator, same: PlannedRotator | None) -> Iterator[str]:
    """Losses if no rotator of this deployment writes the old parameter."""
    instead = "goes away" if same is None else f"writes {same.parameter_name} instead"
    yield (
        f"{old.rotator} {instead}: this parameter is no longer written, and its last token expires "
        f"within {old.token_lifetime_seconds} s. {_SIDE_BY_SIDE}"
    )


def _of_writer(
    old: DeployedRotator, writer: PlannedRotator, secrets: Collection[str]
) -> Iterator[str]:
    """Losses if ``writer`` writes the parameter. ``secrets`` are the names of used secrets."""
    renamed = old.rotator != writer.rotator
    becomes = f"{old.rotator} becomes {writer.rotator}"
    if renamed and old.stack != writer.stack:
        yield (
            f"{becomes}: another stack's key encrypts the parameter, which consumers may not use "
            f"before they have that stack's reader policy. {_SIDE_BY_SIDE}"
        )
    elif renamed and writer.has_shared_reader:
        yield (
            f"{becomes}: workloads of other accounts assume the role of {old.rotator}, which goes "
            f"away. {_SIDE_BY_SIDE}"
        )
    elif writer.has_shared_reader and is_moved(old, writer):
        yield (
            f"{old.rotator} gets roles with another path or name: workloads of other accounts "
            "assume the role of share_with by its ARN, and the role that has it goes away. "
            f"{_SIDE_BY_SIDE}"
        )
    if old.stack == writer.stack and writer.key_arn not in (None, old.key_arn):
        yield (
            f"{old.rotator} gets another key. Its reader policy names the new one at once, and "
            "what is published stays encrypted with the old one until the next rotation, for "
            "minutes: run `token-rotator rotate` as soon as the deployment is through. Policies "
            "of your own that name the old key have to name the new one, too"
        )
    if writer.creates_secret and writer.rotator not in secrets:
        yield (
            f"{becomes if renamed else old.rotator}, with a new and empty secret: there is no "
            f"token after {old.token_lifetime_seconds} s, until somebody stores a key. To keep the "
            f"secret, write {_kept_secret(old, writer)}"
        )
    if writer.value_format != old.value_format:
        yield (
            f"{old.rotator} changes value_format from {old.value_format} to "
            f"{writer.value_format}: consumers that expect the one cannot read the other."
        )


def _kept_secret(old: DeployedRotator, writer: PlannedRotator) -> str:
    """The settings that keep the secret. The stack's key encrypts the secrets that it created."""
    created = old.secret_name == old.rotator
    key = f', key_arn = "{old.key_arn}"' if created else ", and key_arn if it has a customer key"
    return (
        f'into [rotators.{writer.table}]: secret = {{ arn = "{old.secret_arn}"{key} }}. (In an '
        "app: give the construct this secret.)"
    )
