"""The target rotator of a command, from the command line and ``rotators.toml``."""

from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Final

from token_rotator_cli.errors import ConfigFileError, UsageError
from token_rotator_cli.place import Place

if TYPE_CHECKING:
    from token_rotator_cdk.config.models.deployment import Deployment

CONFIG: Final = Path("rotators.toml")
"""The default file, in the working directory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A rotator, by function, or by stack and name."""

    function: str | None = None
    stack: str | None = None
    rotator: str | None = None
    """None: the only rotator of the stack."""
    region: str | None = None
    """The region of the file or the function's ARN. None: the caller's."""
    account: str | None = None
    """The account of the file or the function's ARN. None: the caller's."""


def find_target(
    *, rotator: str | None, config: Path | None, stack: str | None, function: str | None
) -> Target:
    """Reads the configuration file, unless a stack or a function is given.

    Raises UsageError, ConfigFileError.
    """
    if function is not None:
        if rotator is not None:
            raise UsageError(f"--function already selects the rotator: leave out {rotator}.")
        return _function(function)
    if stack is not None:
        return Target(stack=stack, rotator=rotator)
    if config is None and not CONFIG.exists():
        raise UsageError(
            f"There is no {CONFIG} in this directory. Use --config FILE, --stack NAME or "
            "--function NAME."
        )
    file = config or CONFIG
    deployment = read_config(file)
    name = find_rotator(file, deployment, rotator)
    place = deployment.stack
    return Target(
        stack=deployment.stack_name(name), rotator=name, region=place.region, account=place.account
    )


def read_config(file: Path, *, to_deploy: bool = False) -> "Deployment":
    """Reads a configuration file. ``to_deploy``: also checks the files it refers to.

    Raises ConfigFileError.
    """
    # a slow import (pydantic), not needed with --stack
    from token_rotator_cdk.config.issues import ConfigurationIssues
    from token_rotator_cdk.config.load import load

    if not file.exists():
        raise ConfigFileError(f"The file {file} does not exist. Choose another one with --config.")
    try:
        return load(file, to_deploy=to_deploy)
    except ConfigurationIssues as issues:
        raise ConfigFileError(str(issues)) from None


def place_in(deployment: "Deployment", rotator: str | None = None) -> Place:
    """The place of a file's stacks, or of one rotator, for commands that do not call AWS."""
    rotators = [*deployment.rotators] if rotator is None else [rotator]
    return Place(
        calls_aws=False,
        account=deployment.stack.account,
        region=deployment.stack.region,
        stacks=tuple(dict.fromkeys(map(deployment.stack_name, rotators))),
        rotators=tuple(rotators),
    )


def find_rotator(file: Path, deployment: "Deployment", rotator: str | None) -> str:
    """The name of the selected rotator in this file. Raises ConfigFileError."""
    names = list(deployment.rotators)
    if rotator is None and len(names) > 1:
        raise ConfigFileError(
            f"{file} has several rotators. Choose one of them: {', '.join(names)}."
        )
    name = names[0] if rotator is None else rotator
    if name not in names:
        meant = get_close_matches(name, names, n=1)
        fix = f"Did you mean {meant[0]}?" if meant else f"It has {', '.join(names)}."
        raise ConfigFileError(f"{file} has no rotator {name}. {fix}")
    return name


def _function(name: str) -> Target:
    """Parses a function's name, ARN or partial ARN, such as ``111122223333:function:NAME``."""
    match name.split(":"):
        case ["arn", _, _, region, account, "function", _, *_]:
            return Target(function=name, region=region, account=account)
        case [account, "function", _, *_]:
            return Target(function=name, account=account)
        case _:
            return Target(function=name)
