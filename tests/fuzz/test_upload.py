"""`upload` and the function agree on every file: they take and refuse the same ones."""

import io
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

from hypothesis import event, given
from hypothesis import strategies as st

from fakes.clock import Clock
from fakes.keys import PKCS8, ec_key, pem, rsa_key
from fakes.secrets_manager import ARN, LONGEST_BYTES, FakeSecretsManager
from tests.support.damaged_text import CHANGES
from tests.support.leaks import Secrets
from token_rotator.aws.clients import BotocoreService
from token_rotator.contract import PLACEHOLDER_FIELD, Algorithm
from token_rotator.credential.secret_store import SecretStore
from token_rotator.errors import CredentialError
from token_rotator.steps import Steps
from token_rotator_cli.upload.upload import UploadOptions, upload

KEYS = (pem(rsa_key()), pem(rsa_key()), pem(rsa_key()), pem(rsa_key(), PKCS8), pem(ec_key()))
SECRETS = Secrets()
for one in KEYS:
    SECRETS.add_key(one)
NOTES = ("expiresAt: 2028-11-24", "# ours", "A note.", "privateKey", "{", "}", "-----END", "\u201c")
ODD = ["\u00a0", "\u2011", "\u2014", "\u201c", "\u200b", "\ufeff", "\0", "\u00fc", "\r", "\u2028"]
ENCODINGS = ["utf-8"] * 6 + ["utf-8-sig", "utf-16", "utf-16-le", "utf-32", "latin-1"]


@st.composite
def files(draw: st.DrawFn) -> bytes:
    """A downloaded file, changed up to three times, with notes, odd characters and an encoding."""
    fields = {
        "serviceAccountId": draw(st.sampled_from(["account-1"] * 4 + ['"account-1"', "", "a b"])),
        "privateKey": draw(st.sampled_from(KEYS)),
        "discoveryEndpoint": draw(st.sampled_from(["https://idp.example/us1"] * 4 + ["http://x"])),
    }
    if draw(st.booleans()):
        fields[PLACEHOLDER_FIELD] = "..."
    if draw(st.integers(0, 9)) == 0:
        del fields[draw(st.sampled_from(sorted(fields)))]
    as_json, separator = draw(st.booleans()), draw(st.sampled_from([": ", "=", ":\n"]))
    indent = draw(st.sampled_from([None, 2]))
    text = (
        json.dumps(fields, indent=indent)
        if as_json
        else "\n".join(f"{name}{separator}{value}" for name, value in fields.items())
    )
    for change in draw(st.lists(st.sampled_from(CHANGES), max_size=3)):
        text = change(text)
    for inserted in draw(
        st.lists(st.sampled_from([*ODD, *(f"\n{x}\n" for x in NOTES)]), max_size=2)
    ):
        place = draw(st.integers(0, len(text)))
        text = text[:place] + inserted + text[place:]
    content = text.encode(draw(st.sampled_from(ENCODINGS)), "replace")
    if draw(st.integers(0, 9)) == 0:
        place = draw(st.integers(0, len(content)))
        content = content[:place] + draw(st.binary(max_size=3)) + content[place:]
    return content


@dataclass
class Found:
    """What somebody reads from a file: fields, or the reason why it is refused."""

    fields: tuple[object, ...] | None = None
    reason: str = ""


def uploaded(content: bytes, secret: FakeSecretsManager) -> str:
    """The reason why `upload` refuses the file; "": it is stored."""
    session = SimpleNamespace(
        find_deployment=lambda: SimpleNamespace(
            settings=SimpleNamespace(
                rotator="tokens/marketing", secret_arn=ARN, algorithm=Algorithm.RS256
            ),
        ),
        aws=SimpleNamespace(secrets=secret, region="eu-west-1"),
        console=SimpleNamespace(text=lambda _: None, document=lambda _: None),
    )
    stdin = io.TextIOWrapper(io.BytesIO(content))
    options = UploadOptions(
        file="-", wait=False, dry_run=False, forget_previous=False, replaces=None
    )
    try:
        upload(cast("Any", session), options, stdin)
    except CredentialError as error:
        return str(error).removeprefix("Nothing was stored: the file cannot be used. ")
    return ""


def found_by_the_function(secret: FakeSecretsManager) -> Found:
    store = SecretStore(BotocoreService(secret), secret_id=ARN, algorithm=Algorithm.RS256)
    try:
        account = store.current(Steps(now=Clock().now)).service_account
    except CredentialError as error:
        return Found(reason=str(error).partition("of the secret cannot be used. ")[2])
    return Found(
        fields=(
            account.service_account_id,
            account.private_key.public_key().public_numbers(),
            account.discovery_endpoint,
        )
    )


def holding(value: str | bytes | None) -> FakeSecretsManager:
    values = [] if value is None else [value]
    return FakeSecretsManager(*values, now=lambda: datetime(2026, 11, 24, tzinfo=UTC))


@given(content=files())
def test_what_upload_stores_the_function_uses_and_what_it_refuses_the_function_refuses(
    content: bytes,
):
    secret = holding(None)
    refused = uploaded(content, secret)
    directly = found_by_the_function(holding(content))

    event("refused" if refused else "stored")
    assert SECRETS.shown_in(refused) == set()
    if not refused:
        assert found_by_the_function(secret) == directly
        assert directly.fields is not None
        assert directly.fields[1] == rsa_key().public_key().public_numbers(), "no key but that"
    elif "larger than" not in refused:
        assert directly.reason == refused


@given(content=st.binary(max_size=300))
def test_they_agree_on_what_is_no_file_at_all(content: bytes):
    refused = uploaded(content, holding(None))

    assert refused
    assert found_by_the_function(holding(content)).reason == refused


def test_a_file_that_no_secret_can_hold_is_refused_before_aws_refuses_it():
    secret = holding(None)
    fields = {"serviceAccountId": "account-1", "privateKey": pem(rsa_key())}
    padding = "\u4e00" * (LONGEST_BYTES // 3)
    content = json.dumps(fields | {"note": padding}, ensure_ascii=False).encode("utf-16")

    assert "larger than 64 KiB" in uploaded(content, secret)
    assert secret.calls == []
