"""A Lambda layer with ``token_reader``."""

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
"""The supported Python versions."""


class ReaderLayer(lambda_.LayerVersion):
    """A Lambda layer with ``token_reader``, for functions of other stacks.

    Old versions are retained. Functions refer to a version, and after its deletion, the next
    deployment of a function that refers to it fails:
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
