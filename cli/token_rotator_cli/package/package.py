"""``token-rotator package``: writes templates and zip files, and prints the commands to deploy."""

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Final

from token_rotator_cdk import jsii
from token_rotator_cdk.config.models.deployment import Deployment
from token_rotator_cdk.package.place import PackagePlace
from token_rotator_cli.console import Console
from token_rotator_cli.deployment.target import CONFIG, place_in, read_config
from token_rotator_cli.errors import ConfigFileError, PackagingFailed, UsageError
from token_rotator_cli.package.files import TemplateFile, ZipFile
from token_rotator_cli.package.next_commands import next_commands
from token_rotator_cli.place import merged

if TYPE_CHECKING:
    from token_rotator_cdk.package.write import Package

PAGE: Final = "docs/deploy/packaging.md"


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageOptions:
    """The options of the command."""

    config: Path | None
    stack: str | None
    """The name of the only stack to package, or a pattern; None: all."""
    bucket: str
    prefix: str
    out: Path


def package(options: PackageOptions, console: Console) -> int:
    """Runs the command and returns the exit code.

    Raises UsageError, ConfigFileError, PackagingFailed.
    """
    place = PackagePlace(bucket=options.bucket, prefix=options.prefix)
    if issues := [*place.issues()]:
        raise UsageError(" ".join(f"{issue}." for issue in issues))
    file = options.config or CONFIG
    stacks = _select(read_config(file, to_deploy=True), options.stack)
    console.show_place(replace(merged([place_in(one) for one in stacks]), calls_aws=False))
    with console.progress("Synthesizing"):
        written = _write(stacks, file, place, options.out)
    templates = [TemplateFile.of(one, written.templates[one.stack.name]) for one in stacks]
    zip_files = [ZipFile.of(one) for one in written.zip_files]
    commands = next_commands(templates, zip_files, place)
    for line in (*(one.described for one in templates), *(one.described for one in zip_files)):
        console.text(line)
    console.text("")
    console.text("Next:")
    for command in commands:
        console.verbatim(f"  {command}")
    _show_parameters(templates, console)
    console.document(
        {
            "ok": True,
            "bucket": place.bucket,
            "stacks": [one.as_json() for one in templates],
            "zip_files": [one.as_json(place) for one in zip_files],
            "commands": commands,
        }
    )
    return 0


def _select(deployment: Deployment, pattern: str | None) -> list[Deployment]:
    stacks = deployment.by_stack()
    chosen = [one for one in stacks if fnmatchcase(one.stack.name, pattern or "*")]
    if not chosen:
        names = ", ".join(one.stack.name for one in stacks)
        raise ConfigFileError(f"There is no stack {pattern} to package. The stacks are: {names}.")
    return chosen


def _write(stacks: Sequence[Deployment], file: Path, place: PackagePlace, out: Path) -> "Package":
    if not shutil.which(os.environ.get("JSII_NODE", "node")):
        raise PackagingFailed(
            "Node.js is not installed, and the AWS CDK needs it to write the templates: install "
            "Node.js 20 or newer. Deploying the package does not need it."
        )
    os.environ.update({**jsii.ENVIRONMENT, **os.environ})
    # starts Node.js, which takes a second
    from token_rotator_cdk.bundle.cache import BundlingFailed
    from token_rotator_cdk.config.issues import ConfigurationIssues
    from token_rotator_cdk.package.write import write_package

    try:
        return write_package(stacks, file, place, out)
    except ConfigurationIssues as issues:
        raise ConfigFileError(str(issues)) from None
    except BundlingFailed as error:
        raise PackagingFailed(str(error)) from None
    except OSError as error:
        raise PackagingFailed(
            f"{out} cannot be written ({error.strerror}). Choose another directory with --out."
        ) from None


def _show_parameters(templates: Sequence[TemplateFile], console: Console) -> None:
    parameters = {name: text for one in templates for name, text in one.parameters.items()}
    if not parameters:
        return
    console.text("")
    console.text(f"Optional parameters (--parameter-overrides NAME=VALUE; {PAGE}):")
    for name, description in parameters.items():
        console.row(f"  {name}", description, widths=(max(map(len, parameters)) + 2,))
