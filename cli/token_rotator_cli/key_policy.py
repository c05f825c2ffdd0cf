"""``token-rotator key-policy``: prints the statements that an existing KMS key's policy needs."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from token_rotator_cdk.config.key_policy import (
    StackPlace,
    Statement,
    statements_for_roles,
    statements_for_services,
)
from token_rotator_cdk.config.models.stack import StackConfig
from token_rotator_cdk.config.places import (
    account_of,
    dns_suffix,
    partition_in,
    partition_of,
    region_of,
)
from token_rotator_cli.console import Console
from token_rotator_cli.deployment.target import CONFIG, place_in, read_config
from token_rotator_cli.errors import ConfigFileError


def key_policy(config: Path | None, console: Console) -> int:
    """Runs the command and returns the exit code. Raises ConfigFileError."""
    file = config or CONFIG
    deployment = read_config(file)
    place = _place(deployment.stack, file)
    console.show_place(replace(place_in(deployment), account=place.account, region=place.region))
    services = [*statements_for_services(deployment, place)]
    roles = [*statements_for_roles(deployment, place)]
    key = deployment.stack.key_arn
    if key is None:
        console.note(
            f"{file} has no key_arn: each stack creates its own key and policy. An existing key "
            "would need the following."
        )
    if services:
        console.text("Always, for AWS services:")
        _show(services, console)
    console.text(
        f"For the roles of account {place.account}, unless the policy allows {place.root} kms:*, "
        "which delegates to the account's IAM policies:"
    )
    _show(roles, console)
    console.document(
        {"ok": True, "key_arn": key, "for_services": services, "unless_iam_decides": roles}
    )
    return 0


def _show(statements: Sequence[Statement], console: Console) -> None:
    for line in json.dumps(statements, indent=2).splitlines():
        console.text(line)


def _place(stack: StackConfig, file: Path) -> StackPlace:
    """The place of the file's stacks. A key is in their region, and usually in their account.

    Raises ConfigFileError.
    """
    key = stack.key_arn
    region = stack.region or (key and region_of(key))
    account = stack.account or (key and account_of(key))
    if not region or not account:
        raise ConfigFileError(
            f"{file} does not set the account and region, which the statements need. Set key_arn, "
            "or account and region, in [stack]."
        )
    partition = partition_in(key) if key else partition_of(region) or "aws"
    return StackPlace(
        partition=partition, region=region, account=account, dns_suffix=dns_suffix(partition)
    )
