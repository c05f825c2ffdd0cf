"""The table ``[rotators.NAME.identity_provider]``: how to request tokens."""

from typing import Annotated

from pydantic import Field

from token_rotator.contract import (
    MAX_ASSERTION_BACKDATE_SECONDS,
    Algorithm,
    Profile,
    RequestStyle,
    ScopeIn,
)
from token_rotator_cdk.config.defaults import Default
from token_rotator_cdk.config.models.table import Table
from token_rotator_cdk.config.rules.assertion import Claims, Headers
from token_rotator_cdk.config.rules.network import PemPath
from token_rotator_cdk.config.rules.oauth import Endpoint, Hosts, OneLine, Scope
from token_rotator_cdk.config.rules.rule import Unset, between


class IdentityProviderConfig(Table):
    """How to request tokens from the identity provider."""

    profile: Annotated[Profile, Field(strict=False)] = Default.PROFILE
    """Defaults for the other settings: `intelligence` follows Salesforce's documentation, `rfc7523`
    is for authorization servers that support `private_key_jwt`, `jwt-bearer` for those that accept
    an assertion as the grant."""

    discovery_endpoint: Annotated[Endpoint | None, Unset("the secret's `discoveryEndpoint`")] = None
    """URL of the discovery document."""

    token_endpoint: Annotated[Endpoint | None, Unset("the discovered one")] = None
    """URL that exchanges assertions for tokens. If set, discovery is skipped."""

    allowed_token_hosts: Annotated[Hosts, Unset("those of the profile")] = ()
    """Allowed hosts of the token endpoint, in addition to the discovery endpoint's host."""

    allow_private_addresses: bool = Default.ALLOW_PRIVATE_ADDRESSES
    """Allows an identity provider in a private network. Requires `vpc`."""

    extra_ca_certificates: Annotated[PemPath | None, Unset("the CA certificates of the system")] = (
        None
    )
    """PEM file, relative to this one, with additional CA certificates to trust."""

    audience: Annotated[
        OneLine | None, Unset("the discovered issuer, else the origin of the token endpoint")
    ] = None
    """Claim `aud` of the assertion."""

    request_style: Annotated[
        Annotated[RequestStyle, Field(strict=False)] | None, Unset("the profile's")
    ] = None
    """Where the token request carries its parameters."""

    assertion_lifetime_seconds: Annotated[
        Annotated[int, between(10, 3600, "seconds")] | None, Unset("the profile's")
    ] = None
    """Adds the claim `exp` to the assertion, this many seconds after now."""

    assertion_backdate_seconds: Annotated[
        int, between(0, MAX_ASSERTION_BACKDATE_SECONDS, "seconds")
    ] = Default.ASSERTION_BACKDATE_SECONDS
    """Sets the claim `iat` of the assertion back by this many seconds, for an identity provider
    whose clock is behind."""

    algorithm: Annotated[
        Annotated[Algorithm, Field(strict=False)] | None, Unset("the profile's first")
    ] = None
    """Signature algorithm of the assertion."""

    key_id: Annotated[OneLine | None, Unset("no `kid`")] = None
    """Header `kid` of the assertion. Not with profile `intelligence`."""

    scope: Annotated[Scope | None, Unset("no scope")] = None
    """Scope to request. Not with profile `intelligence`."""

    scope_in: Annotated[Annotated[ScopeIn, Field(strict=False)] | None, Unset('`"parameter"`')] = (
        None
    )
    """Where the scope is sent: as a parameter of the token request, or as a claim of the assertion.
    Profile `jwt-bearer` only."""

    subject: Annotated[OneLine | None, Unset("the `serviceAccountId`, as `iss`")] = None
    """Claim `sub` of the assertion: the user to act for. Profile `jwt-bearer` only."""

    claims: Claims = Field(default_factory=dict)
    """Additional claims of the assertion: strings, integers or booleans. Not with profile
    `intelligence`."""

    headers: Headers = Field(default_factory=dict)
    """Additional headers of the assertion, such as `x5t#S256`. Not with profile `intelligence`."""
