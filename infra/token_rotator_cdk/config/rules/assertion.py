"""Rules for additional claims and headers of the assertion."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Final

from token_rotator_cdk.config.rules.oauth import MAX_TEXT_LENGTH
from token_rotator_cdk.config.rules.rule import Rule

_RESERVED_CLAIMS: Final[Mapping[str, str]] = {
    "iss": "it is always the secret's serviceAccountId",
    "sub": 'set subject with profile "jwt-bearer"; otherwise it is the serviceAccountId',
    "aud": "set audience instead",
    "iat": "it is the current time; assertion_backdate_seconds sets it back",
    "exp": "set assertion_lifetime_seconds instead",
    "jti": "it is a new UUID in every assertion",
    "scope": 'set scope and scope_in = "claim" with profile "jwt-bearer"',
}
_RESERVED_HEADERS: Final[Mapping[str, str]] = {
    "alg": "set algorithm instead",
    "kid": "set key_id instead",
    # RFC 7515 section 4.1.11, RFC 7797, RFC 7516: these change what is signed or how it is parsed
    "crit": "the assertion uses no extensions",
    "b64": "the assertion uses no extensions",
    "enc": "the assertion is not encrypted",
    "zip": "the assertion is not compressed",
}
_MAX_SAFE_INTEGER: Final = 2**53 - 1
"""RFC 8259 section 6: many parsers lose precision above this."""


def _claim_fix(value: object) -> str | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return (
            None
            if abs(value) <= _MAX_SAFE_INTEGER
            else f"write a number of up to {_MAX_SAFE_INTEGER}"
        )
    if isinstance(value, str):
        return _text_fix(value)
    return "write a string in quotes, a whole number, true or false"


def _header_fix(value: object) -> str | None:
    if isinstance(value, str):
        return _text_fix(value)
    return "write a string in quotes"


def _text_fix(text: str) -> str | None:
    if text and text.isprintable() and len(text) <= MAX_TEXT_LENGTH:
        return None
    return f"write 1 to {MAX_TEXT_LENGTH} printable characters"


def _map_rule(
    reserved: Mapping[str, str], value_fix: Callable[[object], str | None], *types: str
) -> Rule:
    def fix(written: Mapping[str, Any]) -> str | None:
        for name, value in written.items():
            if name in reserved:
                return f"leave out {name}: {reserved[name]}"
            if _text_fix(name):
                return f"write every name in 1 to {MAX_TEXT_LENGTH} printable characters"
            if problem := value_fix(value):
                return f"{problem} ({name})"
        return None

    schema = {
        "propertyNames": {"not": {"enum": [*reserved]}, "minLength": 1},
        "additionalProperties": {"type": [*types]},
    }
    return Rule(fix, schema)


Claims = Annotated[
    Mapping[str, Any], _map_rule(_RESERVED_CLAIMS, _claim_fix, "string", "integer", "boolean")
]
"""RFC 7519 section 4. Values are strings, integers or booleans."""

Headers = Annotated[Mapping[str, Any], _map_rule(_RESERVED_HEADERS, _header_fix, "string")]
"""RFC 7515 section 4. Values are strings, as for ``typ``, ``x5t`` and ``x5t#S256``."""
