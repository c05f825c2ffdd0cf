"""What code runs in Lambda? Ours, as CDK assets that are made at most once, without Docker."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsii
from aws_cdk import AssetHashType, BundlingOptions, DockerImage, ILocalBundling
from aws_cdk import aws_lambda as lambda_

from token_rotator_cdk import LAMBDA_SRC
from token_rotator_cdk.bundle import bundling
from token_rotator_cdk.bundle.targets import Target


@jsii.implements(ILocalBundling)
class _WithoutDocker:
    def __init__(self, fill: Callable[[Path], object]) -> None:
        self._fill = fill

    def try_bundle(self, output_dir: str, *_: Any, **__: Any) -> bool:
        self._fill(Path(output_dir))
        return True


def _bundled(fill: Callable[[Path], object]) -> BundlingOptions:
    return BundlingOptions(
        image=DockerImage.from_registry("unused: bundled without Docker"),
        local=_WithoutDocker(fill),
    )


def function_code(target: Target) -> lambda_.Code:
    """The asset for a target. Raises bundling.BundlingFailed where its wheels cannot be had."""
    bundling.fetch(target)  # here, because an error inside of try_bundle arrives as jsii's
    return lambda_.Code.from_asset(
        str(LAMBDA_SRC),
        # CDK's own hash sees neither the bundler nor its target, but every file in the directory
        asset_hash=bundling.asset_hash(target),
        asset_hash_type=AssetHashType.CUSTOM,
        bundling=_bundled(lambda output: bundling.bundle(target, output)),
    )


def reader_layer_code() -> lambda_.Code:
    """``token_reader`` where Lambda puts a layer's Python on the path; boto3 is the runtime's.

    https://docs.aws.amazon.com/lambda/latest/dg/packaging-layers.html
    """
    package, no_caches = LAMBDA_SRC / "token_reader", "__pycache__"
    return lambda_.Code.from_asset(
        str(package),
        exclude=[no_caches],
        bundling=_bundled(
            lambda output: shutil.copytree(
                package,
                output / "python" / package.name,
                ignore=shutil.ignore_patterns(no_caches),
            )
        ),
    )
