"""Reads the service account from the secret, in every form in which people store it."""

import json
import re
from dataclasses import dataclass, field
from typing import Final

from token_rotator import urls
from token_rotator.contract import PLACEHOLDER_FIELD, Algorithm
from token_rotator.credential import private_key
from token_rotator.credential.private_key import PrivateKey
from token_rotator.errors import CredentialError, NoServiceAccountYet

ID: Final = "serviceAccountId"
KEY: Final = "privateKey"
ENDPOINT: Final = "discoveryEndpoint"
FIELDS: Final = {name.lower(): name for name in (ID, KEY, ENDPOINT)}

_LINE: Final = re.compile(rf"""^\s*["']?({"|".join(FIELDS.values())})["']?\s*[:=](.*)$""", re.I)
_CLIENT_ID: Final = re.compile(r"[\x21-\x7e]{1,256}")

STORE: Final = (
    "Store the file downloaded from Intelligence (Generate/Refresh) as it is: "
    "token-rotator upload FILE, or "
    "aws secretsmanager put-secret-value --secret-id ... --secret-string file://..."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceAccount:
    """The identity under which the function requests tokens."""

    service_account_id: str
    private_key: PrivateKey = field(repr=False)
    discovery_endpoint: str | None
    """None: the secret does not name one; the deployment's settings may."""

    def same_as(self, other: "ServiceAccount") -> bool:
        """Whether both have the same identity and key (keys themselves do not compare)."""
        return (
            self.service_account_id == other.service_account_id
            and self.private_key.public_key() == other.private_key.public_key()
        )


def parse(secret: str, *, algorithm: Algorithm) -> ServiceAccount:
    """Reads the three fields of the downloaded file, as JSON or as ``name: value`` lines.

    Salesforce Help, "Generate a JSON Web Token (JWT)". Raises CredentialError, which says what was
    found and what is wanted and never shows any of the secret, and NoServiceAccountYet for what
    the stack puts into a new secret.
    """
    text = secret.lstrip("\ufeff").strip()
    if not text:
        raise CredentialError(f"It is empty. {STORE}")
    fields = _from_json(text) if text[0] in "{[" else _from_lines(text)
    if not fields:
        raise CredentialError(f"It holds no service account, only some other text. {STORE}")
    missing = [name for name in (ID, KEY) if not fields.get(name)]
    if missing:
        raise CredentialError(f"It has no {' and no '.join(missing)}. {STORE}")
    if not _CLIENT_ID.fullmatch(fields[ID]):
        raise CredentialError(f"Its {ID} is no word of up to 256 visible ASCII characters. {STORE}")
    return ServiceAccount(
        service_account_id=fields[ID],
        private_key=private_key.load(fields[KEY], algorithm=algorithm),
        discovery_endpoint=_endpoint(fields.get(ENDPOINT)),
    )


def _from_json(text: str) -> dict[str, str]:
    try:
        document = json.loads(text, strict=False)  # a PEM with real line breaks in it
    except (ValueError, RecursionError):
        # from None: the decoder's exception carries the whole secret
        raise CredentialError(f"It begins like JSON but is none. {STORE}") from None
    if not isinstance(document, dict):
        raise CredentialError(f"It is JSON, but not an object with three fields. {STORE}")
    if PLACEHOLDER_FIELD in document:
        raise NoServiceAccountYet(f"Nobody has stored a service account yet. {STORE}")
    fields = {}
    for name, value in document.items():
        if known := FIELDS.get(name.lower()):
            if not isinstance(value, str):
                raise CredentialError(f"Its {known} is no JSON string. {STORE}")
            fields[known] = value.strip()
    return fields or _nothing_known()


def _nothing_known() -> dict[str, str]:
    raise CredentialError(f"It is JSON, but has none of {', '.join(FIELDS.values())}. {STORE}")


def _from_lines(text: str) -> dict[str, str]:
    """A line that names no field continues the value before it, because a PEM has many lines."""
    fields: dict[str, str] = {}
    name = None
    for line in text.splitlines():
        if found := _LINE.match(line):
            name = FIELDS[found[1].lower()]
            fields[name] = found[2]
        elif name:
            fields[name] += f"\n{line}"
    return {name: value.strip(" \t\r\n,;\"'") for name, value in fields.items()}


def _endpoint(url: str | None) -> str | None:
    if not url:
        return None
    try:
        urls.check(url)
    except ValueError as exc:
        raise CredentialError(f"Its {ENDPOINT} cannot be used: {exc}. {STORE}") from None
    return url
