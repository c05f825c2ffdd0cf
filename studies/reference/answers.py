"""Tables of the identity provider's responses and error codes."""

from studies.reference.tables import table
from token_rotator.contract import Profile
from token_rotator.errors import IdentityProviderError, TokenRequestRefused
from token_rotator.identity_provider.answers import ROWS
from token_rotator.identity_provider.codes import CODES, FIXES, Meaning


def answers() -> str:
    """The table of responses and their errors."""
    rows = (
        (
            str(number),
            row.response,
            _error(row.at_token_endpoint),
            _error(row.at_discovery),
            _yes(row.at_token_endpoint and row.at_token_endpoint.retry_helps),
            _yes(row.at_token_endpoint is TokenRequestRefused),
        )
        for number, row in enumerate(ROWS, 1)
    )
    return table(
        ("", "response", "from the token endpoint", "from discovery", "retried", "previous key"),
        rows,
    )


def codes() -> str:
    """The table of error codes, with fixes for each profile."""
    return table(
        ("code", "meaning", *(f"`{profile}`" for profile in Profile)),
        (
            (_codes(meaning), meaning, *(fixes[profile] for profile in Profile))
            for meaning, fixes in FIXES.items()
        ),
    )


def _error(error: type[IdentityProviderError] | None) -> str:
    return f"`{error.__name__}`" if error else "read"


def _yes(holds: object) -> str:
    return "yes" if holds else ""


def _codes(meaning: Meaning) -> str:
    return ", ".join(f"`{code}`" for code, meant in CODES.items() if meant is meaning) or "others"
