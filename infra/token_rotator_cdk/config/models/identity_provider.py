"""The table ``[rotators.NAME.identity_provider]``: what a rotator asks for tokens, and how."""

from typing import Annotated

from pydantic import Field

from token_rotator.contract import (
    LONGEST_ASSERTION_BACKDATE_SECONDS,
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
    """What the identity provider expects."""

    profile: Annotated[Profile, Field(strict=False)] = Default.PROFILE
    """What applies where nothing else is set: `intelligence` is what Salesforce documents,
    `rfc7523` fits any authorization server that takes `private_key_jwt`, `jwt-bearer` one that
    takes an assertion as the grant."""

    discovery_endpoint: Annotated[Endpoint | None, Unset("the secret's `discoveryEndpoint`")] = None
    """Address of the discovery document."""

    token_endpoint: Annotated[Endpoint | None, Unset("the discovered one")] = None
    """Address that exchanges assertions for tokens. With it, discovery is skipped."""

    allowed_token_hosts: Annotated[Hosts, Unset("those of the profile")] = ()
    """Hosts that the token endpoint may be on, besides the discovery endpoint's own."""

    allow_private_addresses: bool = Default.ALLOW_PRIVATE_ADDRESSES
    """Whether the identity provider may be in a private network. Needs `vpc`."""

    extra_ca_certificates: Annotated[
        PemPath | None, Unset("the authorities that the system trusts")
    ] = None
    """PEM file, relative to this one, with authorities to trust besides the system's."""

    audience: Annotated[
        OneLine | None, Unset("the discovered issuer, else the origin of the token endpoint")
    ] = None
    """Claim `aud` of the assertion."""

    request_style: Annotated[
        Annotated[RequestStyle, Field(strict=False)] | None, Unset("the profile's")
    ] = None
    """Where the parameters of the token request travel."""

    assertion_lifetime_seconds: Annotated[
        Annotated[int, between(10, 3600, "seconds")] | None, Unset("the profile's")
    ] = None
    """Adds the claim `exp` to the assertion, this far ahead."""

    assertion_backdate_seconds: Annotated[
        int, between(0, LONGEST_ASSERTION_BACKDATE_SECONDS, "seconds")
    ] = Default.ASSERTION_BACKDATE_SECONDS
    """Sets the claim `iat` of the assertion back, for an identity provider whose clock is
    behind."""

    algorithm: Annotated[
        Annotated[Algorithm, Field(strict=False)] | None, Unset("the profile's first")
    ] = None
    """Signature algorithm of the assertion."""

    key_id: Annotated[OneLine | None, Unset("no `kid`")] = None
    """Header `kid` of the assertion. Not with profile `intelligence`."""

    scope: Annotated[Scope | None, Unset("no scope")] = None
    """Scope to ask for. Not with profile `intelligence`."""

    scope_in: Annotated[Annotated[ScopeIn, Field(strict=False)] | None, Unset('`"parameter"`')] = (
        None
    )
    """Where the scope is asked for: a parameter of the token request, or a claim of the assertion.
    Profile `jwt-bearer` only."""

    subject: Annotated[OneLine | None, Unset("the `serviceAccountId`, as `iss`")] = None
    """Claim `sub` of the assertion: the user to act for. Profile `jwt-bearer` only."""

    claims: Claims = Field(default_factory=dict)
    """Further claims of the assertion: texts, whole numbers, true or false. Not with profile
    `intelligence`."""

    headers: Headers = Field(default_factory=dict)
    """Further headers of the assertion, such as `x5t#S256`. Not with profile `intelligence`."""
