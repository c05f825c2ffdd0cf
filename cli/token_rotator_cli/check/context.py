"""What the steps of ``check`` found so far."""

from datetime import datetime

from token_rotator.credential.secret_store import Credential
from token_rotator.identity_provider.client import TokenEndpoint
from token_rotator_cli.aws.clients import Aws
from token_rotator_cli.deployment.find import Deployed
from token_rotator_cli.deployment.secret import SecretVersion
from token_rotator_cli.session import Session


class CheckContext:
    """An attribute without a default is there once its step has ended well."""

    deployed: Deployed
    identity_provider: TokenEndpoint
    secret: SecretVersion
    credential: Credential

    def __init__(self, session: Session) -> None:
        self.session = session
        self.now: datetime = session.clock.now()

    @property
    def aws(self) -> Aws:
        """The services to call."""
        return self.session.aws
