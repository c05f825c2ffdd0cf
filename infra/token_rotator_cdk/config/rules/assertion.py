"""Rules for additional claims and headers of the assertion."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Final

from token_rotator_cdk.config.rules.oauth import LONGEST_TEXT
from token_rotator_cdk.config.rules.rule import Rule

_OWN_CLAIMS: Final[Mapping[str, str]] = {
    "iss": "it is always the secret's serviceAccountId",
    "sub": 'set subject with profile "jwt-bearer"; otherwise it is the serviceAccountId',
    "aud": "set audience instead",
    "iat": "it is the current time; assertion_backdate_seconds sets it back",
    "exp": "set assertion_lifetime_seconds instead",
    "jti": "it is a new UUID in every assertion",
    "scope": 'set scope and scope_in = "claim" with profile "jwt-bearer"',
}
_OWN_HEADERS: Final[Mapping[str, str]] = {
    "alg": "set algorithm instead",
    "kid": "set key_id instead",
    # RFC 7515 section 4.1.11, RFC 7797, RFC 7516: these change what is signed or how it is parsed
    "crit": "the assertion uses no extensions",
    "b64": "the assertion uses no extensions",
    "enc": "the assertion is not encrypted",
    "zip": "the assertion is not compressed",
}
_MOST_EXACT: Final = 2**53 - 1
"""RFC 8259 section 6: many parsers lose precision above this."""


def _of_claim(value: object) -> str | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return None if abs(value) <= _MOST_EXACT else f"write a number of up to {_MOST_EXACT}"
    if isinstance(value, str):
        return _of_text(value)
    return "write a string in quotes, a whole number, true or false"


def _of_header(value: object) -> str | None:
    if isinstance(value, str):
        return _of_text(value)
    return "write a string in quotes"


def _of_text(text: str) -> str | None:
    if text and text.isprintable() and len(text) <= LONGEST_TEXT:
        return None
    return f"write 1 to {LONGEST_TEXT} printable characters"


def _map(own: Mapping[str, str], fix_of: Callable[[object], str | None], *types: str) -> Rule:
    def fix(written: Mapping[str, Any]) -> str | None:
        for name, value in written.items():
            if name in own:
                return f"leave out {name}: {own[name]}"
            if _of_text(name):
                return f"write every name in 1 to {LONGEST_TEXT} printable characters"
            if wrong := fix_of(value):
                return f"{wrong} ({name})"
        return None

    schema = {
        "propertyNames": {"not": {"enum": [*own]}, "minLength": 1},
        "additionalProperties": {"type": [*types]},
    }
    return Rule(fix, schema)


Claims = Annotated[Mapping[str, Any], _map(_OWN_CLAIMS, _of_claim, "string", "integer", "boolean")]
"""RFC 7519 section 4. Values are strings, integers or booleans."""

Headers = Annotated[Mapping[str, Any], _map(_OWN_HEADERS, _of_header, "string")]
"""RFC 7515 section 4. Values are strings, as for ``typ``, ``x5t`` and ``x5t#S256``."""
