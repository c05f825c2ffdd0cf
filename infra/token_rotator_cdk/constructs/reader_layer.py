"""A Lambda layer with ``token_reader``, for functions of other stacks."""

from typing import Final

from aws_cdk import CfnDeletionPolicy, CfnResource
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from token_rotator_cdk.bundle.asset import reader_layer_code

RUNTIMES: Final = (
    lambda_.Runtime.PYTHON_3_11,
    lambda_.Runtime.PYTHON_3_12,
    lambda_.Runtime.PYTHON_3_13,
    lambda_.Runtime.PYTHON_3_14,
)
"""The versions of Python that the library supports."""


class ReaderLayer(lambda_.LayerVersion):
    """A new version whenever the library changes; the versions before stay.

    Functions name a version, not the layer. One that is deleted goes on working where it is, but
    the next deployment of a function that still names it fails:
    https://docs.aws.amazon.com/lambda/latest/dg/creating-deleting-layers.html
    """

    def __init__(self, scope: Construct, construct_id: str) -> None:
        super().__init__(
            scope,
            construct_id,
            code=reader_layer_code(),
            description="token_reader: reads the access tokens that this stack publishes",
            compatible_runtimes=list(RUNTIMES),
            license="Apache-2.0",
        )
        resource = self.node.default_child
        assert isinstance(resource, CfnResource)  # noqa: S101 - narrows the type
        resource.cfn_options.deletion_policy = CfnDeletionPolicy.DELETE
        resource.cfn_options.update_replace_policy = CfnDeletionPolicy.RETAIN
