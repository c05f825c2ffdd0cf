"""Where the credential is kept, unless the caller brings a secret or a key of their own."""

import json

from aws_cdk import RemovalPolicy
from aws_cdk import aws_kms as kms
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from token_rotator.contract import PLACEHOLDER_FIELD


def customer_key(scope: Construct, construct_id: str, *, description: str) -> kms.Key:
    """A customer key that outlives its stack: the secrets that stay are unreadable without it."""
    return kms.Key(
        scope,
        construct_id,
        description=description,
        enable_key_rotation=True,
        removal_policy=RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    )


class CreatedSecret(secretsmanager.Secret):
    """A secret that waits for the downloaded file."""

    def __init__(self, scope: Construct, construct_id: str, *, name: str, key: kms.IKey) -> None:
        super().__init__(
            scope,
            construct_id,
            secret_name=name,
            description="Service account: store the downloaded file here as it is",
            generate_secret_string=_placeholder(),
            # kept when the stack goes, but not when its first deployment fails: the name is taken
            removal_policy=RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
        )
        resource = self.node.default_child
        assert isinstance(resource, secretsmanager.CfnSecret)  # noqa: S101 - narrows the type
        # as `encryption_key` it would open the key to the whole account a second time
        resource.kms_key_id = key.key_arn
        self.arn: str = resource.attr_id
        """The ARN, as ``secret_arn`` is in AWS; there, a local AWS has the name."""


def _placeholder() -> secretsmanager.SecretStringGenerator:
    """What the function takes for "nobody has stored a key yet": contract.PLACEHOLDER_FIELD."""
    text = {PLACEHOLDER_FIELD: "put the downloaded file here, in place of all of this"}
    return secretsmanager.SecretStringGenerator(
        secret_string_template=json.dumps(text), generate_string_key="random"
    )
