"""Discovery: finds the token endpoint and the audience of the assertion."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from token_rotator import urls
from token_rotator.credential.service_account import ServiceAccount
from token_rotator.errors import (
    AnswerUnusable,
    ConfigurationError,
    IdentityProviderError,
    IdentityProviderUntrusted,
)
from token_rotator.identity_provider import answers
from token_rotator.identity_provider.error_messages import Endpoint, url_setting
from token_rotator.identity_provider.http import ProviderHttp
from token_rotator.settings import Settings
from token_rotator.timing import DISCOVERY_CACHE_LIFETIME, DISCOVERY_CACHE_LIFETIME_AFTER_FAILURE


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """The token endpoint for an assertion, and its audience."""

    token_endpoint: str
    audience: str
    cached: bool = field(default=False, compare=False)
    """Whether it comes from an earlier discovery."""


class Discovery:
    """Finds the token endpoint (RFC 8414 section 3) and caches it for an hour.

    If discovery fails, the last successful result is used. The token endpoint must be on the
    discovery endpoint's host or an allowed host.
    """

    def __init__(
        self, *, settings: Settings, http: ProviderHttp, now: Callable[[], datetime]
    ) -> None:
        self._settings = settings
        self._http = http
        self._now = now
        self._cache: dict[str, tuple[Destination, datetime]] = {}

    def destination(self, account: ServiceAccount, *, deadline: datetime) -> Destination:
        """The destination of this account's assertions.

        Raises IdentityProviderError, ConfigurationError.
        """
        if self._settings.token_endpoint:
            return self._destination_for(self._settings.token_endpoint, issuer=None)
        endpoint = self._endpoint(account)
        if endpoint is None:
            raise ConfigurationError(
                "The identity provider's endpoint is unknown: the secret has no "
                "discoveryEndpoint, and rotators.toml sets neither discovery_endpoint nor "
                "token_endpoint. Set one."
            )
        cached_result, expires_at = self._cache.get(endpoint, (None, None))
        if cached_result is not None and expires_at is not None and self._now() < expires_at:
            return cached_result
        try:
            destination = self._discover(endpoint, deadline)
        except IdentityProviderError:
            if cached_result is None:
                raise
            return self._store(endpoint, cached_result, DISCOVERY_CACHE_LIFETIME_AFTER_FAILURE)
        return self._store(endpoint, destination, DISCOVERY_CACHE_LIFETIME)

    def rediscover(
        self, account: ServiceAccount, previous: Destination, *, deadline: datetime
    ) -> Destination | None:
        """Runs discovery again, and returns its result if it differs from a cached one.

        None: the result is the same, discovery failed, or the destination was not cached.
        """
        endpoint = self._endpoint(account)
        if endpoint is None or not previous.cached:
            return None
        try:
            destination = self._discover(endpoint, deadline)
        except IdentityProviderError:
            return None
        self._store(endpoint, destination, DISCOVERY_CACHE_LIFETIME)
        return destination if destination != previous else None

    def expire(self, account: ServiceAccount) -> None:
        """Makes the next attempt run discovery again, unless discovery has just failed."""
        endpoint = self._endpoint(account)
        if endpoint is None or endpoint not in self._cache:
            return
        destination, expires_at = self._cache[endpoint]
        if expires_at - self._now() > DISCOVERY_CACHE_LIFETIME_AFTER_FAILURE:
            self._cache[endpoint] = (destination, self._now())

    def _endpoint(self, account: ServiceAccount) -> str | None:
        return self._settings.discovery_endpoint or account.discovery_endpoint

    def _store(self, endpoint: str, destination: Destination, lifetime: timedelta) -> Destination:
        self._cache[endpoint] = (replace(destination, cached=True), self._now() + lifetime)
        return destination

    def _discover(self, endpoint: str, deadline: datetime) -> Destination:
        response = self._http.get(endpoint, endpoint_name=Endpoint.DISCOVERY, deadline=deadline)
        answers.check(response, Endpoint.DISCOVERY, self._settings)
        token_endpoint = (response.fields or {}).get("token_endpoint")
        if not isinstance(token_endpoint, str):
            raise AnswerUnusable(
                f"The discovery endpoint's response (status {response.status}) has no "
                f"token_endpoint. Check {url_setting(Endpoint.DISCOVERY, self._settings)}."
            )
        self._check(token_endpoint, endpoint)
        issuer = (response.fields or {}).get("issuer")
        return self._destination_for(token_endpoint, issuer if isinstance(issuer, str) else None)

    def _check(self, token_endpoint: str, discovery_endpoint: str) -> None:
        try:
            urls.check(token_endpoint)
        except ValueError as exc:
            raise IdentityProviderUntrusted(
                f"The discovered token endpoint cannot be used: {exc}."
            ) from None
        host = urls.host(token_endpoint)
        allowed = self._settings.allowed_token_hosts | {urls.host(discovery_endpoint)}
        if host not in allowed:
            raise IdentityProviderUntrusted(
                f"The discovered token endpoint is on {host}, not on "
                f"{' or '.join(sorted(allowed))}. If it is correct, "
                "add its host to allowed_token_hosts."
            )

    def _destination_for(self, token_endpoint: str, issuer: str | None) -> Destination:
        audience = self._settings.audience or issuer or urls.origin(token_endpoint)
        return Destination(token_endpoint=token_endpoint, audience=audience)
