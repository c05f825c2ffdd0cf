"""The zip files as CDK assets for Lambda functions and layers."""

from aws_cdk import AssetHashType
from aws_cdk import aws_lambda as lambda_

from token_rotator_cdk.bundle.build import Bundle, function_bundle, reader_bundle
from token_rotator_cdk.bundle.certificates import with_certificates
from token_rotator_cdk.bundle.targets import Target


def function_code(target: Target, certificates: str = "") -> lambda_.Code:
    """The function's code for a target, with the PEM ``certificates`` if not empty.

    Raises BundlingFailed.
    """
    bundle = function_bundle(target)
    return _code(with_certificates(bundle, certificates) if certificates else bundle)


def reader_layer_code() -> lambda_.Code:
    """The code of the layer with ``token_reader``. Raises BundlingFailed."""
    return _code(reader_bundle())


def _code(bundle: Bundle) -> lambda_.Code:
    # not a hash of the zip file: that depends on the machine's zlib
    return lambda_.Code.from_asset(
        str(bundle.file), asset_hash=bundle.asset_hash, asset_hash_type=AssetHashType.CUSTOM
    )
