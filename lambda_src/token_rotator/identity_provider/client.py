"""The token request: exchanges a client assertion for an access token, in one attempt."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from token_rotator.credential.assertion import AssertionSigner
from token_rotator.credential.service_account import ServiceAccount
from token_rotator.identity_provider import token_response
from token_rotator.identity_provider.discovery import Discovery
from token_rotator.identity_provider.http import ProviderHttp
from token_rotator.parameter.record import Record
from token_rotator.settings import Settings

CLIENT_ASSERTION_TYPE: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
"""RFC 7523 section 2.2."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenEndpoint:
    """The identity provider, as the rotation uses it."""

    settings: Settings
    channel: ProviderHttp
    discovery: Discovery
    signer: AssertionSigner
    now: Callable[[], datetime]

    def exchange(self, account: ServiceAccount, *, deadline: datetime) -> Record:
        """A fresh access token, for a new assertion that is sent once.

        The token counts as issued before the request was sent (whole seconds, rounded down), so
        that its lifetime is never overestimated. Raises IdentityProviderError, ConfigurationError.
        """
        destination = self.discovery.destination(account, deadline=deadline)
        issued_at = datetime.fromtimestamp(int(self.now().timestamp()), UTC)
        parameters = {
            "grant_type": "client_credentials",
            "client_id": account.service_account_id,
            "client_assertion": self.signer.sign(
                account, audience=destination.audience, now=issued_at
            ),
            "client_assertion_type": CLIENT_ASSERTION_TYPE,
        }
        if self.settings.scope:
            parameters["scope"] = self.settings.scope
        answer = self.channel.post(
            destination.token_endpoint,
            parameters,
            style=self.settings.request_style,
            what="token endpoint",
            deadline=deadline,
        )
        token_response.refuse_failures(answer)
        token, token_type = token_response.access_token(answer)
        return Record(
            access_token=token,
            token_type=token_type,
            issued_at=issued_at,
            expires_at=issued_at
            + token_response.lifetime(
                answer, configured=self.settings.token_lifetime, issued_at=issued_at
            ),
        )
