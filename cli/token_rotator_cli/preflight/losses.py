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


_MIGRATE_FIRST: Final = (
    "To migrate them first, keep this rotator and add a second one with another parameter."
)

_TWO_WRITERS: Final = (
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
            message = f"{first.rotator} and {one.rotator} would both write it. {_TWO_WRITERS}"
            yield Loss(parameter_name=one.parameter_name, message=message)
    names = {stack.name for stack in stacks}
    secrets = {one.secret_name for one in deployed}
    for old in deployed:
        successor, writer = by_name.get(old.rotator), by_parameter.get(old.parameter_name)
        if successor is None and old.stack not in names:
            messages = _second_writer_losses(old, writer)
        elif writer is None:
            messages = _no_writer_losses(old, successor)
        else:
            messages = _writer_losses(old, writer, secrets)
        for message in messages:
            yield Loss(parameter_name=old.parameter_name, message=message)


def _second_writer_losses(old: DeployedRotator, writer: PlannedRotator | None) -> Iterator[str]:
    """Losses if the old rotator is not part of this deployment."""
    if writer is not None:
        yield (
            f"{old.rotator} writes it and stays deployed, and {writer.rotator} would also write "
            f"it. {_TWO_WRITERS}"
        )


def _no_writer_losses(old: DeployedRotator, successor: PlannedRotator | None) -> Iterator[str]:
    """Losses if no rotator of this deployment writes the old parameter."""
    instead = "is removed" if successor is None else f"writes {successor.parameter_name} instead"
    yield (
        f"{old.rotator} {instead}: this parameter is no longer written, and its last token expires "
        f"within {old.token_lifetime_seconds} s. {_MIGRATE_FIRST}"
    )


def _writer_losses(
    old: DeployedRotator, writer: PlannedRotator, secrets: Collection[str]
) -> Iterator[str]:
    """Losses if ``writer`` writes the parameter. ``secrets`` are the names of used secrets."""
    renamed = old.rotator != writer.rotator
    becomes = f"{old.rotator} becomes {writer.rotator}"
    if renamed and old.stack != writer.stack:
        yield (
            f"{becomes}: another stack's key encrypts the parameter, which consumers may not use "
            f"before they have that stack's reader policy. {_MIGRATE_FIRST}"
        )
    elif renamed and writer.has_shared_reader:
        yield (
            f"{becomes}: workloads of other accounts assume the role of {old.rotator}, which is "
            f"removed. {_MIGRATE_FIRST}"
        )
    elif writer.has_shared_reader and is_moved(old, writer):
        yield (
            f"{old.rotator} gets roles with another path or name: workloads of other accounts "
            "assume the role of share_with by its ARN, and that role is removed. "
            f"{_MIGRATE_FIRST}"
        )
    if old.stack == writer.stack and writer.key_arn not in (None, old.key_arn):
        yield (
            f"{old.rotator} gets another key. Its reader policy names the new one at once, but the "
            "published token stays encrypted with the old one until the next rotation, for "
            "minutes. As soon as the deployment is complete, run `token-rotator rotate`. Your own "
            "policies that name the old key must also name the new one"
        )
    if writer.creates_secret and writer.rotator not in secrets:
        yield (
            f"{becomes if renamed else old.rotator}, with a new and empty secret: there is no "
            f"token after {old.token_lifetime_seconds} s, until a key is stored. To keep the "
            f"secret, write {_kept_secret_setting(old, writer)}"
        )
    if writer.value_format != old.value_format:
        yield (
            f"{old.rotator} changes value_format from {old.value_format} to "
            f"{writer.value_format}: consumers that expect the old format cannot read the new one."
        )


def _kept_secret_setting(old: DeployedRotator, writer: PlannedRotator) -> str:
    """The settings that keep the secret. The stack's key encrypts the secrets that it created."""
    created = old.secret_name == old.rotator
    key = f', key_arn = "{old.key_arn}"' if created else ", and key_arn if it has a customer key"
    return (
        f'into [rotators.{writer.table}]: secret = {{ arn = "{old.secret_arn}"{key} }}. (In an '
        "app: give the construct this secret.)"
    )
