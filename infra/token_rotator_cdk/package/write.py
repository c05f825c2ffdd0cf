"""Writes a package: one template per stack, and the zip files."""

import json
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from aws_cdk import App

from token_rotator_cdk.config.issues import ConfigurationIssues
from token_rotator_cdk.config.models.deployment import Deployment
from token_rotator_cdk.config.stack_limits import too_large
from token_rotator_cdk.package.place import PackagePlace
from token_rotator_cdk.package.stack import PackagedStack

TEMPLATE_SUFFIX: Final = ".template.json"
_FLAGS: Final = "cdk.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """The files of a package. They have the same names in S3."""

    templates: dict[str, Path]
    """Templates by stack name."""
    zip_files: tuple[Path, ...]
    """Each is named by the hash of its inputs."""


def write_package(
    deployments: Sequence[Deployment], file: Path, place: PackagePlace, out: Path
) -> Package:
    """Synthesizes the stacks of ``file`` and copies templates and zip files to ``out``.

    The result is reproducible. Raises ConfigurationIssues, BundlingFailed and OSError.
    """
    with tempfile.TemporaryDirectory() as directory:
        assembly = Path(directory)
        app = App(
            context=_feature_flags(),
            outdir=directory,
            analytics_reporting=False,
            tree_metadata=False,
            # it treats an empty parameter as a value; cfn-lint handles conditions correctly
            builtin_cloud_formation_validation=False,
        )
        for one in deployments:
            PackagedStack(app, deployment=one, directory=file.parent, place=place)
        stacks = app.synth().stacks
        sizes = {one.stack_name: Path(one.template_full_path).stat().st_size for one in stacks}
        if issues := [issue for one in deployments for issue in too_large(one, sizes)]:
            raise ConfigurationIssues.in_file(file, issues)
        out.mkdir(parents=True, exist_ok=True)
        return Package(
            templates={
                one.stack_name: _copy(
                    Path(one.template_full_path), out / f"{one.stack_name}{TEMPLATE_SUFFIX}"
                )
                for one in stacks
            },
            zip_files=tuple(
                _copy(source, out / name) for name, source in sorted(_zip_files(assembly).items())
            ),
        )


def _copy(source: Path, destination: Path) -> Path:
    shutil.copyfile(source, destination)
    return destination


def _zip_files(assembly: Path) -> dict[str, Path]:
    """The assets except templates, by the last part of their keys.

    https://github.com/aws/aws-cdk-cli/tree/main/packages/%40aws-cdk/cloud-assembly-schema
    """
    return {
        Path(destination["objectKey"]).name: assembly / asset["source"]["path"]
        for manifest in assembly.glob("*.assets.json")
        for asset in json.loads(manifest.read_text(encoding="utf-8"))["files"].values()
        if not asset["source"]["path"].endswith(TEMPLATE_SUFFIX)
        for destination in asset["destinations"].values()
    }


def _feature_flags() -> dict[str, Any]:
    """The feature flags of the checkout's cdk.json, or of the wheel's copy."""
    copy = Path(__file__).with_name(_FLAGS)
    file = copy if copy.is_file() else Path(__file__).parents[3] / _FLAGS
    flags: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))["context"]
    return flags
