"""Settings of the identity provider, as an argument of ``TokenRotator``."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self, TypedDict, Unpack

from aws_cdk import Duration

from token_rotator.contract import Algorithm, Profile, RequestStyle, ScopeIn


class ServiceSettings(TypedDict, total=False):
    """Fields of ``IdentityProvider`` for every profile."""

    discovery_endpoint: str | None
    token_endpoint: str | None
    allowed_token_hosts: Sequence[str]
    allow_private_addresses: bool
    extra_ca_certificates: str | None
    audience: str | None
    request_style: RequestStyle | None
    assertion_lifetime: Duration | None
    assertion_backdate: Duration | None


class ClientSettings(ServiceSettings, total=False):
    """Fields for an assertion that authenticates a client."""

    algorithm: Algorithm | None
    key_id: str | None
    scope: str | None
    claims: Mapping[str, str | int | bool] | None
    headers: Mapping[str, str] | None


class GrantSettings(ClientSettings, total=False):
    """Fields for an assertion that is the grant."""

    scope_in: ScopeIn | None
    subject: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityProvider:
    """How to request tokens from an identity provider. Omitted fields have the profile's default.

    The fields are the settings of ``[rotators.NAME.identity_provider]``; see
    docs/configure/settings.md. ``TokenRotator`` checks the values.
    """

    profile: Profile = Profile.INTELLIGENCE
    discovery_endpoint: str | None = None
    """Default: the secret's ``discoveryEndpoint``."""
    token_endpoint: str | None = None
    """Default: the discovered endpoint."""
    allowed_token_hosts: Sequence[str] = ()
    """Allowed hosts of the token endpoint, in addition to the discovery endpoint's host."""
    allow_private_addresses: bool = False
    """Requires the rotator's ``vpc``."""
    extra_ca_certificates: str | None = None
    """Path of a PEM file with additional CA certificates to trust."""
    audience: str | None = None
    """Default: the discovered issuer, else the origin of the token endpoint."""
    request_style: RequestStyle | None = None
    assertion_lifetime: Duration | None = None
    assertion_backdate: Duration | None = None
    """Sets ``iat`` back by this much. Default: zero."""
    algorithm: Algorithm | None = None
    key_id: str | None = None
    scope: str | None = None
    scope_in: ScopeIn | None = None
    """Default: a parameter of the token request."""
    subject: str | None = None
    """The user to act for. Default: the service account itself."""
    claims: Mapping[str, str | int | bool] | None = None
    """Additional claims of the assertion."""
    headers: Mapping[str, str] | None = None
    """Additional headers of the assertion."""

    @classmethod
    def intelligence(cls, **settings: Unpack[ServiceSettings]) -> Self:
        """Salesforce Marketing Cloud Intelligence: RS256, no ``exp``, parameters in the query."""
        return cls(profile=Profile.INTELLIGENCE, **settings)

    @classmethod
    def rfc7523(cls, **settings: Unpack[ClientSettings]) -> Self:
        """Any authorization server that supports ``private_key_jwt`` (RFC 7523 section 2.2)."""
        return cls(profile=Profile.RFC7523, **settings)

    @classmethod
    def jwt_bearer(cls, **settings: Unpack[GrantSettings]) -> Self:
        """Any authorization server that accepts an assertion as the grant (RFC 7523 section 2.1).

        For example Salesforce Platform, Google and DocuSign: docs/configure/providers.md.
        """
        return cls(profile=Profile.JWT_BEARER, **settings)
