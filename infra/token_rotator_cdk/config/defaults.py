"""Default values of settings."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from token_rotator.contract import Algorithm, GrantType, Profile, RequestStyle, ScopeIn, ValueFormat

KEY_LIFETIME_DAYS: Final = 730
"""24 months, according to third parties. Salesforce does not document it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileDefaults:
    """Defaults of a profile."""

    grant_type: GrantType
    request_style: RequestStyle
    assertion_lifetime_seconds: int | None
    """None: the assertion has no ``exp``."""
    algorithms: tuple[Algorithm, ...]
    """The first one is the default."""
    token_hosts: tuple[str, ...] = ()
    """Allowed hosts of the token endpoint, in addition to the discovery endpoint's host."""
    key_lifetime_days: int | None = None
    """Days from a key's creation to its expiry; None: unknown."""
    supported_settings: frozenset[str] = frozenset()
    """Settings that this profile supports and others may not."""


_ASSERTION_SETTINGS: Final = frozenset({"key_id", "scope", "claims", "headers"})
_GRANT_SETTINGS: Final = frozenset({"subject", "scope_in"})
"""Not for client authentication, where the subject is the client: RFC 7523 section 3."""

PROFILES: Final[Mapping[Profile, ProfileDefaults]] = MappingProxyType(
    {
        # Salesforce Help, "Generate a JSON Web Token (JWT)", dato_getstarted_token_api_jwt
        Profile.INTELLIGENCE: ProfileDefaults(
            grant_type=GrantType.CLIENT_CREDENTIALS,
            request_style=RequestStyle.QUERY,
            assertion_lifetime_seconds=None,
            algorithms=(Algorithm.RS256,),
            token_hosts=("idp.intelligence.salesforce.com",),
            key_lifetime_days=KEY_LIFETIME_DAYS,
        ),
        # RFC 7523 section 2.2 and 3; OpenID Connect Core section 9, private_key_jwt
        Profile.RFC7523: ProfileDefaults(
            grant_type=GrantType.CLIENT_CREDENTIALS,
            request_style=RequestStyle.FORM,
            assertion_lifetime_seconds=60,
            algorithms=tuple(Algorithm),
            supported_settings=_ASSERTION_SETTINGS,
        ),
        # RFC 7523 sections 2.1 and 3
        Profile.JWT_BEARER: ProfileDefaults(
            grant_type=GrantType.JWT_BEARER,
            request_style=RequestStyle.FORM,
            assertion_lifetime_seconds=60,
            algorithms=tuple(Algorithm),
            supported_settings=_ASSERTION_SETTINGS | _GRANT_SETTINGS,
        ),
    }
)


class Default:
    """Defaults that do not depend on the profile."""

    PROFILE: Final = Profile.INTELLIGENCE
    ALLOW_PRIVATE_ADDRESSES: Final = False
    ASSERTION_BACKDATE_SECONDS: Final = 0
    SCOPE_IN: Final = ScopeIn.PARAMETER
    VALUE_FORMAT: Final = ValueFormat.RECORD
    TOKEN_LIFETIME_SECONDS: Final = 300
    EXPIRATION_GRACE_MINUTES: Final = 5
    INTERVAL_MINUTES: Final = 4
    WATCHDOG_MIN_REMAINING_SECONDS: Final = 155
    """Slightly more than half a token's lifetime: decision 0011 (docs/understand/decisions)."""
    WATCHDOGS: Final = 2
    """The number of one-minute schedules that fire independently: decision 0008."""
    MEMORY_MB: Final = 256
    LOG_RETENTION_DAYS: Final = 30
