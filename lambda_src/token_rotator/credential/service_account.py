"""Parses the service account in the secret, in the various forms in which people store it."""

import json
import re
from dataclasses import dataclass, field
from typing import Final

from token_rotator import urls
from token_rotator.contract import PLACEHOLDER_FIELD, Algorithm
from token_rotator.credential import private_key
from token_rotator.credential.plain_text import decode, plain
from token_rotator.credential.private_key import PrivateKey
from token_rotator.errors import CredentialError, NoServiceAccountYet

ID: Final = "serviceAccountId"
KEY: Final = "privateKey"
ENDPOINT: Final = "discoveryEndpoint"
FIELDS: Final = {name.lower(): name for name in (ID, KEY, ENDPOINT)}

_LINE: Final = re.compile(
    rf"[^\w#/]*({'|'.join(FIELDS.values())})[^\w:=]*[:=](.*)", re.IGNORECASE | re.ASCII
)
"""Quotation marks, brackets, bullets and the ``>`` of email may precede a name."""

_STRIPPED_CHARACTERS: Final = " \t\r\n\"'`,;<>{}*"
_CLIENT_ID: Final = re.compile(r"[\x21-\x7e]{1,256}")

HOW_TO_STORE: Final = (
    "Store the file downloaded from Intelligence (Generate/Refresh) unchanged: "
    "token-rotator upload FILE, or "
    "aws secretsmanager put-secret-value --secret-id ... --secret-string file://..."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceAccount:
    """The OAuth client that requests tokens."""

    service_account_id: str
    private_key: PrivateKey = field(repr=False)
    discovery_endpoint: str | None
    """None: the secret has none, and the settings must provide an endpoint."""

    def same_as(self, other: "ServiceAccount") -> bool:
        """Whether both have the same identity and key (keys themselves do not compare)."""
        return (
            self.service_account_id == other.service_account_id
            and self.private_key.public_key() == other.private_key.public_key()
        )


def parse(secret: str | bytes, *, algorithm: Algorithm) -> ServiceAccount:
    """Parses the three fields of the downloaded file, as JSON or as ``name: value`` lines.

    Source: Salesforce Help, "Generate a JSON Web Token (JWT)". Other fields, lines and comments are
    ignored. Raises CredentialError, which never contains any of the secret, and NoServiceAccountYet
    for the placeholder in a new secret.
    """
    text = text_of(secret)
    begin = plain(text).lstrip()[:1]
    if not begin:
        raise CredentialError(f"It is empty. {HOW_TO_STORE}")
    fields = _from_json(text, begin) if begin in "{[" else _from_lines(text)
    if fields and KEY not in fields and "{" in text:
        fields = _from_json(text, "{")  # after a note
    if not fields:
        raise CredentialError(
            f"It contains other text instead of a service account. {HOW_TO_STORE}"
        )
    missing = [name for name in (ID, KEY) if not fields.get(name)]
    if missing:
        raise CredentialError(f"It has no {' and no '.join(missing)}. {HOW_TO_STORE}")
    if not _CLIENT_ID.fullmatch(fields[ID]):
        raise CredentialError(
            f"Its {ID} is not a word of up to 256 visible ASCII characters. {HOW_TO_STORE}"
        )
    return ServiceAccount(
        service_account_id=fields[ID],
        private_key=private_key.load(fields[KEY], algorithm=algorithm),
        discovery_endpoint=_endpoint(fields.get(ENDPOINT)),
    )


def text_of(secret: str | bytes) -> str:
    """The secret as text. Bytes are decoded like a file. Raises CredentialError."""
    if isinstance(secret, str):
        return secret
    try:
        return decode(secret)
    except UnicodeDecodeError:
        # from None: the decoder's exception holds the content
        raise CredentialError(f"It is not UTF-8 text: save it as UTF-8. {HOW_TO_STORE}") from None


def _from_json(text: str, begin: str) -> dict[str, str]:
    """The fields of the JSON document that begins with this character. Later text is ignored."""
    try:
        document = _json(text, begin)
    except (ValueError, RecursionError) as exc:
        fields = _from_lines(text)  # for example, with an extra comma
        if fields.keys() == set(FIELDS.values()) and text.rstrip().endswith("}"):
            return fields
        at = f" at line {exc.lineno}" if isinstance(exc, json.JSONDecodeError) else ""
        # from None: the decoder's exception holds the whole secret
        raise CredentialError(f"It is invalid JSON{at}. {HOW_TO_STORE}") from None
    if not isinstance(document, dict):
        raise CredentialError(f"It is JSON, but not an object with three fields. {HOW_TO_STORE}")
    fields = {}
    for name, value in document.items():
        if known := FIELDS.get(plain(name).strip().lower()):
            if not isinstance(value, str):
                raise CredentialError(f"Its {known} is not a JSON string. {HOW_TO_STORE}")
            fields[known] = _value(value)
    if not fields and PLACEHOLDER_FIELD in document:
        raise NoServiceAccountYet(f"No service account is stored yet. {HOW_TO_STORE}")
    return fields or _nothing_known()


def _json(text: str, begin: str) -> object:
    """Raises ValueError, RecursionError."""
    decoder = json.JSONDecoder(strict=False)  # a PEM may contain real line breaks
    try:
        return decoder.raw_decode(text, text.index(begin))[0]
    except (ValueError, RecursionError):
        normalized = plain(text)
        return decoder.raw_decode(normalized, normalized.index(begin))[0]


def _nothing_known() -> dict[str, str]:
    names = ", ".join(FIELDS.values())
    raise CredentialError(f"It is JSON, but has none of {names}. {HOW_TO_STORE}")


def _from_lines(text: str) -> dict[str, str]:
    """Parses ``name: value`` lines. A value may start on the next line; a PEM has many lines.

    Other lines are ignored.
    """
    lines: dict[str, list[str]] = {}
    name = None
    for line in plain(text).splitlines():
        if match := _LINE.match(line):
            name = FIELDS[match[1].lower()]
            lines[name] = [match[2]]
        elif name:
            lines[name].append(line)
    return {
        name: _value("\n".join(values) if name == KEY else next(filter(str.strip, values), ""))
        for name, values in lines.items()
    }


def _value(text: str) -> str:
    return plain(text).strip(_STRIPPED_CHARACTERS)


def _endpoint(url: str | None) -> str | None:
    if not url:
        return None
    try:
        urls.check(url)
    except ValueError as exc:
        raise CredentialError(f"Its {ENDPOINT} cannot be used: {exc}. {HOW_TO_STORE}") from None
    return url
