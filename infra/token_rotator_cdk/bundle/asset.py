"""The zip files as code of the AWS CDK's Lambda functions and layers."""

from aws_cdk import AssetHashType
from aws_cdk import aws_lambda as lambda_

from token_rotator_cdk.bundle.build import Bundle, function_bundle, reader_bundle
from token_rotator_cdk.bundle.targets import Target


def function_code(target: Target) -> lambda_.Code:
    """The function for a target. Raises BundlingFailed."""
    return _code(function_bundle(target))


def reader_layer_code() -> lambda_.Code:
    """The layer with ``token_reader``. Raises BundlingFailed."""
    return _code(reader_bundle())


def _code(bundle: Bundle) -> lambda_.Code:
    # a hash of the zip file would follow the machine's zlib
    return lambda_.Code.from_asset(
        str(bundle.file), asset_hash=bundle.asset_hash, asset_hash_type=AssetHashType.CUSTOM
    )
