"""Any secret value gives a service account or an error that does not show the value."""

import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes.keys import PKCS8, ec_key, pem, rsa_key
from tests.support.damaged_text import CHANGES
from tests.support.leaks import Secrets
from token_rotator.contract import Algorithm
from token_rotator.credential.service_account import FIELDS, ServiceAccount, parse
from token_rotator.errors import CredentialError

SENTINEL = "kR3v0LgB5nQ1sentinelpX8"
KEYS = (pem(rsa_key()), pem(rsa_key(), PKCS8), pem(ec_key()))
SECRETS = Secrets()
SECRETS.add("a sentinel", SENTINEL)
for one in KEYS:
    SECRETS.add_key(one)

names = st.sampled_from([*FIELDS.values(), "PRIVATEKEY", "password", "waitingForServiceAccount"])
scalars = st.one_of(
    st.none(),
    st.integers(),
    st.text(max_size=20),
    st.sampled_from([*KEYS, SENTINEL, f"https://{SENTINEL}.example/", f"https://[{SENTINEL}"]),
)
documents = st.recursive(
    st.dictionaries(names, scalars), lambda inner: st.dictionaries(names, inner), max_leaves=4
)
texts = st.one_of(
    documents.map(json.dumps),
    documents.map(lambda found: "\n".join(f"{name}: {value}" for name, value in found.items())),
    st.text(max_size=80).map(lambda text: text + SENTINEL),
)


@st.composite
def secrets(draw: st.DrawFn) -> str:
    """A downloaded file or another text, with up to three changes and a random replacement."""
    text = draw(texts)
    for mangle in draw(st.lists(st.sampled_from(CHANGES), max_size=3)):
        text = mangle(text)
    if text and draw(st.booleans()):
        start = draw(st.integers(0, len(text)))
        text = text[:start] + draw(st.text(max_size=5)) + text[start + draw(st.integers(0, 40)) :]
    return text


@given(secret=secrets(), algorithm=st.sampled_from(Algorithm))
def test_any_secret_is_a_service_account_or_refused_without_showing_it(
    secret: str, algorithm: Algorithm
):
    shown = _shown_by(lambda: parse(secret, algorithm=algorithm))

    assert SECRETS.shown_in(shown) == set(), "a secret may be stored in the wrong field"


def _shown_by(read: Callable[[], ServiceAccount]) -> str:
    try:
        account = read()
    except CredentialError as error:
        return f"{error} {error!r} {error.args} {vars(error)}"
    # id and endpoint are not secret; a key or a token in their place is refused later
    return repr(account.private_key)


@pytest.mark.parametrize("key", KEYS)
def test_the_harness_finds_the_sentinels(key: str):
    assert SECRETS.shown_in(f"It is no key: {key[40:80]}")
    assert SECRETS.shown_in(f"It is no key: {SENTINEL}")
