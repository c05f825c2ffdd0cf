"""Any answer of the identity provider gives a record or an error that does not show the answer."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

from hypothesis import given
from hypothesis import strategies as st

from fakes.environment import function_environment
from fakes.keys import rsa_key
from tests.support.leaks import Secrets
from token_rotator.credential.assertion import AssertionSigner
from token_rotator.credential.service_account import ServiceAccount
from token_rotator.errors import IdentityProviderError
from token_rotator.identity_provider.client import TokenEndpoint
from token_rotator.identity_provider.discovery import Discovery
from token_rotator.identity_provider.http import MAX_BODY_BYTES, ProviderHttp
from token_rotator.settings import Settings
from token_rotator.steps import Steps

NOW = datetime(2026, 11, 24, tzinfo=UTC)
TOKEN = "kR3v0LgB5nQ1sentinelpX8"
GOOD: Mapping[str, object] = {
    "token_endpoint": "https://idp.example/token",
    "access_token": TOKEN,
    "expires_in": 300,
}
SECRETS = Secrets()
SECRETS.add("a token", TOKEN)

values = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=20),
    st.lists(st.integers(), max_size=2),
    st.sampled_from(
        [
            *(TOKEN, f"https://{TOKEN}.example/", f"https://idp.example/{TOKEN}#"),
            *("https://[", "https://idp.example:x/", "//idp.example"),
            *("300", "9" * 400, "invalid_client"),
        ]
    ),
)
fields = st.sampled_from(
    [
        *("token_endpoint", "issuer", "access_token", "token_type", "error"),
        *("expires_in", "expires_on", "expires_at"),
    ]
)
changed = st.dictionaries(fields, values, max_size=3).map(lambda changes: {**GOOD, **changes})
bodies = st.one_of(
    changed.map(lambda document: json.dumps(document).encode()),
    st.binary(max_size=40).map(lambda garbage: garbage + TOKEN.encode()),
    st.integers(1, 60_000).map(lambda depth: b"[" * depth),
    st.just(b"x" * (MAX_BODY_BYTES + 1)),
    st.sampled_from([b"9" * 5000, b'{"expires_in": ' + b"9" * 5000 + b"}", b"\xef\xbb\xbf{}"]),
)
statuses = st.one_of(st.sampled_from([200, 201, 302, 400, 401, 429, 503]), st.integers(100, 999))
headers = st.dictionaries(
    st.sampled_from(["Retry-After", "Content-Type", "Content-Encoding", "Date"]),
    st.text(max_size=30)
    | st.sampled_from(
        [
            *("7", "9" * 400, "٣", TOKEN, "gzip", f"gzip, {TOKEN}"),
            *(f"text/{TOKEN}", f"application/json; charset={TOKEN}", "a/b; charset=utf-16"),
            *("Tue, 24 Nov 2026 00:00:00 GMT", "Tue, 24 Nov 9999 00:00:00 -0000"),
        ]
    ),
)


class Pool:
    """A pool that returns the given answers, as urllib3's would."""

    def __init__(self, *answers: tuple[int, bytes, Mapping[str, str]]) -> None:
        self._answers = list(answers)

    def urlopen(self, method: str, url: str, **_: object) -> Any:
        status, body, headers = self._answers.pop(0)
        left = [body, b""]
        return SimpleNamespace(
            status=status,
            headers=headers,
            read1=lambda _: left.pop(0),
            close=lambda: None,
            release_conn=lambda: None,
        )


def exchanged(pool: Pool) -> str:
    """The text that an attempt shows. It must not contain the assertion either."""
    settings = Settings.from_environment(function_environment())
    channel = ProviderHttp(pool=cast("Any", pool), now=lambda: NOW)
    provider = TokenEndpoint(
        settings=settings,
        http=channel,
        discovery=Discovery(settings=settings, http=channel, now=lambda: NOW),
        signer=AssertionSigner.from_settings(settings),
        now=lambda: NOW,
    )
    account = ServiceAccount(
        service_account_id="account-1",
        private_key=rsa_key(),
        discovery_endpoint="https://idp.example/us1",
    )
    try:
        record = provider.exchange(
            account, deadline=NOW + timedelta(seconds=30), steps=Steps(now=lambda: NOW)
        )
    except IdentityProviderError as error:
        return f"{error} {error!r} {error.args} {vars(error)}"
    assert NOW < record.expires_at <= NOW + settings.token_lifetime
    return repr(record)


@given(status=statuses, body=bodies, received=headers)
def test_any_answer_of_the_token_endpoint(status: int, body: bytes, received: Mapping[str, str]):
    good: tuple[int, bytes, Mapping[str, str]] = (200, json.dumps(GOOD).encode(), {})

    shown = exchanged(Pool(good, (status, body, received)))

    assert SECRETS.shown_in(shown) == set()


@given(status=statuses, body=bodies, received=headers)
def test_any_answer_of_the_discovery_endpoint(
    status: int, body: bytes, received: Mapping[str, str]
):
    good: tuple[int, bytes, Mapping[str, str]] = (200, json.dumps(GOOD).encode(), {})

    shown = exchanged(Pool((status, body, received), good))

    assert SECRETS.shown_in(shown) == set()
