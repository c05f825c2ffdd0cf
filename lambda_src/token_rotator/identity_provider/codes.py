"""OAuth error codes: the meaning and the fixes, most likely first, by profile.

docs/reference/answers.md shows the table; ``make generate`` writes it there. Replacing the key is
suggested only if the provider itself reported that it does not know the client or its key.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from token_rotator.contract import Profile


class Meaning(StrEnum):
    """The meaning of an OAuth error code."""

    CLIENT = "it does not know this client or its key, or does not accept the assertion"
    ASSERTION = "it does not accept the assertion"
    ACCESS = "it knows the client but denies it a token"
    REQUEST = "it does not accept the request in this form"
    SCOPE = "it does not grant the scope"
    OWN = "the provider's own code, which is not shown"


CODES: Final[Mapping[str, Meaning]] = {
    "invalid_client": Meaning.CLIENT,
    "invalid_grant": Meaning.ASSERTION,
    "invalid_token": Meaning.ASSERTION,
    "access_denied": Meaning.ACCESS,
    "consent_required": Meaning.ACCESS,
    "interaction_required": Meaning.ACCESS,
    "login_required": Meaning.ACCESS,
    "unauthorized_client": Meaning.ACCESS,
    "invalid_request": Meaning.REQUEST,
    "unsupported_grant_type": Meaning.REQUEST,
    "unsupported_response_type": Meaning.REQUEST,
    "insufficient_scope": Meaning.SCOPE,
    "invalid_scope": Meaning.SCOPE,
    "invalid_target": Meaning.SCOPE,
}
"""IANA, "OAuth Extensions Error". Other codes are hidden, because they may quote the request."""

MOST_LIKELY: Final = "Most likely first:"
_ASK_PROVIDER: Final = "Ask the provider what the code means: its log has the reason."

FIXES: Final[Mapping[Meaning, Mapping[Profile, str]]] = {
    Meaning.CLIENT: {
        Profile.INTELLIGENCE: (
            f"{MOST_LIKELY} the key was replaced or has expired: press Generate/Refresh in "
            "Intelligence and store the new file (token-rotator upload FILE). Or it expects "
            "another audience: set audience. Or its clock is behind: set "
            "assertion_backdate_seconds."
        ),
        Profile.RFC7523: (
            f"{MOST_LIKELY} it has no public key for this client, or has it under another kid: "
            "register the key, set key_id. Or it expects another audience (its issuer or its "
            "token endpoint): set audience. Or another algorithm is registered for the client: "
            "set algorithm. Or exp is too far ahead: lower assertion_lifetime_seconds. Or its "
            "clock is behind: set assertion_backdate_seconds."
        ),
        Profile.JWT_BEARER: (
            f"{MOST_LIKELY} the secret's serviceAccountId is not the issuer that it knows (a "
            "client ID, a consumer key, an email address): correct it. Or it has no public key "
            "or certificate for this issuer, or has it under another kid: register it, set "
            "key_id. Or it requires client authentication instead of a grant: set profile = "
            '"rfc7523".'
        ),
    },
    Meaning.ASSERTION: {
        Profile.INTELLIGENCE: (
            f"{MOST_LIKELY} its clock is behind: set assertion_backdate_seconds. Or it expects "
            "another audience: set audience. Or it requires the claim exp: set "
            "assertion_lifetime_seconds."
        ),
        Profile.RFC7523: (
            f"{MOST_LIKELY} it expects another audience (its issuer or its token endpoint): set "
            "audience. Or exp is too far ahead: lower assertion_lifetime_seconds. Or its clock "
            "is behind: set assertion_backdate_seconds. Or the key has another kid there: set "
            "key_id."
        ),
        Profile.JWT_BEARER: (
            f"{MOST_LIKELY} it does not know the subject, or has not approved this client for "
            "it: set subject, have the client approved. Or it expects another audience: set "
            "audience. Or the public key or certificate that it has is not this key's, or has "
            "another kid: register it, set key_id. Or exp is too far ahead: lower "
            "assertion_lifetime_seconds. Or its clock is behind: set "
            "assertion_backdate_seconds."
        ),
    },
    Meaning.ACCESS: {
        Profile.INTELLIGENCE: (
            "Keep the key. Check in Intelligence that the user of the service account still "
            "has Enable API Access."
        ),
        Profile.RFC7523: (
            "Keep the key. Have the provider allow this client the grant client_credentials."
        ),
        Profile.JWT_BEARER: (
            f"Keep the key. {MOST_LIKELY} this client is not approved for the subject or the "
            "scope: have it approved (consent, pre-authorization, domain-wide delegation). Or "
            "subject is the wrong user: set subject."
        ),
    },
    Meaning.REQUEST: {
        Profile.INTELLIGENCE: (
            f'Keep the key. {MOST_LIKELY} set request_style = "form". Or it requires the claim '
            "exp: set assertion_lifetime_seconds."
        ),
        Profile.RFC7523: (
            f'Keep the key. {MOST_LIKELY} set request_style to "form" or "query". Or have the '
            "provider allow this client the grant client_credentials."
        ),
        Profile.JWT_BEARER: (
            f"Keep the key. {MOST_LIKELY} it does not offer the grant jwt-bearer, or not to this "
            'client: have it allowed, or set profile = "rfc7523". Or it expects the scope '
            'elsewhere: set scope_in to "claim" or "parameter". Or set request_style to "form" '
            'or "query".'
        ),
    },
    Meaning.SCOPE: {
        Profile.INTELLIGENCE: (
            "Keep the key. The profile intelligence sends no scope: if the provider requires one, "
            'set profile = "rfc7523" and scope.'
        ),
        Profile.RFC7523: (
            "Keep the key. Correct scope, or have the provider allow it for this client."
        ),
        Profile.JWT_BEARER: (
            f"Keep the key. {MOST_LIKELY} correct scope, or have the provider allow it for this "
            'client and subject. Or it expects the scope elsewhere: set scope_in to "claim" or '
            '"parameter".'
        ),
    },
    Meaning.OWN: dict.fromkeys(Profile, _ASK_PROVIDER),
}
