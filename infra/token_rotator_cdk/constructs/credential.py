"""The secret and the KMS key that are created if the caller provides none."""

import json

from aws_cdk import RemovalPolicy
from aws_cdk import aws_kms as kms
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from token_rotator.contract import PLACEHOLDER_FIELD


def customer_key(scope: Construct, construct_id: str, *, description: str) -> kms.Key:
    """A customer managed key that is retained: retained secrets are unreadable without it."""
    return kms.Key(
        scope,
        construct_id,
        description=description,
        enable_key_rotation=True,
        removal_policy=RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    )


class CreatedSecret(secretsmanager.Secret):
    """A secret with a placeholder that ``token-rotator upload`` replaces."""

    def __init__(self, scope: Construct, construct_id: str, *, name: str, key: kms.IKey) -> None:
        super().__init__(
            scope,
            construct_id,
            secret_name=name,
            description="Service account: store the downloaded file here unchanged",
            generate_secret_string=_placeholder(),
            # retained when the stack is deleted, but not after a failed creation, which blocks the
            # name
            removal_policy=RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
        )
        resource = self.node.default_child
        assert isinstance(resource, secretsmanager.CfnSecret)  # noqa: S101 - narrows the type
        # `encryption_key` would add a second key policy statement for the whole account
        resource.kms_key_id = key.key_arn
        self.arn: str = resource.attr_id
        """The ARN. In the local AWS emulator, ``secret_arn`` would be the name."""


def _placeholder() -> secretsmanager.SecretStringGenerator:
    """The value by which the function recognizes an empty secret: contract.PLACEHOLDER_FIELD."""
    text = {PLACEHOLDER_FIELD: "replace all of this with the downloaded file"}
    return secretsmanager.SecretStringGenerator(
        secret_string_template=json.dumps(text), generate_string_key="random"
    )
