"""What code does the function run? The bundle, as a CDK asset that is made at most once."""

from pathlib import Path
from typing import Any

import jsii
from aws_cdk import AssetHashType, BundlingOptions, DockerImage, ILocalBundling
from aws_cdk import aws_lambda as lambda_

from infra import LAMBDA_SRC, bundling
from infra.targets import Target


@jsii.implements(ILocalBundling)
class _WithoutDocker:
    def __init__(self, target: Target) -> None:
        self._target = target

    def try_bundle(self, output_dir: str, *_: Any, **__: Any) -> bool:
        bundling.bundle(self._target, Path(output_dir))
        return True


def function_code(target: Target) -> lambda_.Code:
    """The asset for a target. Raises bundling.BundlingFailed where its wheels cannot be had."""
    bundling.fetch(target)  # here, because an error inside of try_bundle arrives as jsii's
    return lambda_.Code.from_asset(
        str(LAMBDA_SRC),
        # CDK's own hash sees neither the bundler nor its target, but every file in the directory
        asset_hash=bundling.asset_hash(target),
        asset_hash_type=AssetHashType.CUSTOM,
        bundling=BundlingOptions(
            image=DockerImage.from_registry("unused: bundled without Docker"),
            local=_WithoutDocker(target),
        ),
    )
