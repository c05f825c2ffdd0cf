"""An SSM client for workloads of other accounts. It assumes a role of the rotator's account."""

from functools import partial
from typing import TYPE_CHECKING, Any

import botocore.session
from botocore.credentials import (
    AssumeRoleCredentialFetcher,
    CredentialProvider,
    CredentialResolver,
    DeferredRefreshableCredentials,
)
from botocore.exceptions import NoCredentialsError

if TYPE_CHECKING:
    from botocore.config import Config


class _Assumed(CredentialProvider):
    METHOD = "assume-role"

    def __init__(self, credentials: DeferredRefreshableCredentials) -> None:
        super().__init__()
        self._credentials = credentials

    def load(self) -> DeferredRefreshableCredentials:
        return self._credentials


def client(role_arn: str, config: "Config") -> Any:
    """An SSM client that assumes the role at its first call, and again before the session ends."""
    own = botocore.session.get_session()
    credentials = own.get_credentials()
    if credentials is None:
        raise NoCredentialsError
    fetcher = AssumeRoleCredentialFetcher(
        client_creator=partial(own.create_client, config=config),
        source_credentials=credentials,
        role_arn=role_arn,
        extra_args={"RoleSessionName": "token-reader"},
    )
    assumed = DeferredRefreshableCredentials(
        refresh_using=fetcher.fetch_credentials, method=_Assumed.METHOD
    )
    session = botocore.session.get_session()
    session.register_component("credential_provider", CredentialResolver([_Assumed(assumed)]))
    return session.create_client("ssm", config=config)
