"""The token request: one attempt to exchange an assertion for an access token."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from token_rotator import urls
from token_rotator.contract import GrantType, RotationStep, ScopeIn
from token_rotator.credential.assertion import AssertionSigner
from token_rotator.credential.service_account import ServiceAccount
from token_rotator.errors import (
    AnsweredByAnother,
    IdentityProviderDown,
    IdentityProviderUntrusted,
    TokenRequestRefused,
)
from token_rotator.identity_provider import answers, token_response
from token_rotator.identity_provider.discovery import Destination, Discovery
from token_rotator.identity_provider.error_messages import Endpoint
from token_rotator.identity_provider.http import ProviderHttp
from token_rotator.parameter.record import Record
from token_rotator.settings import Settings
from token_rotator.steps import Steps

CLIENT_ASSERTION_TYPE: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
"""RFC 7523 section 2.2."""


_MAY_HAVE_MOVED: Final = (AnsweredByAnother, IdentityProviderUntrusted, TokenRequestRefused)
"""Errors that may mean that the token endpoint or the audience has changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenEndpoint:
    """Requests tokens at the discovered token endpoint."""

    settings: Settings
    http: ProviderHttp
    discovery: Discovery
    signer: AssertionSigner
    now: Callable[[], datetime]

    def exchange(self, account: ServiceAccount, *, deadline: datetime, steps: Steps) -> Record:
        """Returns a fresh access token for a new assertion, in one attempt.

        If a cached discovery result does not lead to a token, discovery runs again; if the result
        has changed, it is tried once. If the endpoint does not respond, discovery runs again before
        the next attempt. Raises IdentityProviderError, ConfigurationError.
        """
        steps.clock_skew = None
        with steps.timed(RotationStep.DISCOVERY):
            destination = self.discovery.destination(account, deadline=deadline)
        try:
            return self._request(account, destination, deadline, steps)
        except IdentityProviderDown as error:
            if error.no_response and destination.cached:
                self.discovery.expire(account)
            raise
        except _MAY_HAVE_MOVED:
            with steps.timed(RotationStep.DISCOVERY):
                new_destination = self.discovery.rediscover(account, destination, deadline=deadline)
            if new_destination is None:
                raise
        return self._request(account, new_destination, deadline, steps)

    def _request(
        self, account: ServiceAccount, destination: Destination, deadline: datetime, steps: Steps
    ) -> Record:
        """Sends one token request.

        The token's issue time is that of the request, rounded down to whole seconds, so its
        lifetime is never overestimated.
        """
        issued_at = datetime.fromtimestamp(int(self.now().timestamp()), UTC)
        steps.token_endpoint = urls.without_query(destination.token_endpoint)
        with steps.timed(RotationStep.ASSERTION):
            assertion = self.signer.sign(account, audience=destination.audience, now=issued_at)
        with steps.timed(RotationStep.EXCHANGE):
            response = self.http.post(
                destination.token_endpoint,
                self._parameters(account, assertion),
                style=self.settings.request_style,
                endpoint_name=Endpoint.TOKEN,
                deadline=deadline,
            )
            steps.clock_skew = response.clock_skew
            answers.check(response, Endpoint.TOKEN, self.settings)
            token, token_type = token_response.access_token(response)
            lifetime = token_response.lifetime(
                response, configured=self.settings.token_lifetime, issued_at=issued_at
            )
        return Record(
            access_token=token,
            token_type=token_type,
            issued_at=issued_at,
            expires_at=issued_at + lifetime,
        )

    def _parameters(self, account: ServiceAccount, assertion: str) -> dict[str, str]:
        """The parameters of the token request (RFC 7523 sections 2.1 and 2.2)."""
        settings = self.settings
        parameters: dict[str, str] = {"grant_type": settings.grant_type}
        if settings.grant_type is GrantType.JWT_BEARER:
            parameters["assertion"] = assertion
        else:
            parameters["client_id"] = account.service_account_id
            parameters["client_assertion"] = assertion
            parameters["client_assertion_type"] = CLIENT_ASSERTION_TYPE
        if settings.scope and settings.scope_in is ScopeIn.PARAMETER:
            parameters["scope"] = settings.scope
        return parameters
