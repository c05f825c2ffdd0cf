"""A service account is found in any shape people store it in; nothing else passes for one."""

import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes.keys import pem, rsa_key
from token_rotator.contract import Algorithm
from token_rotator.credential.service_account import ServiceAccount, parse
from token_rotator.errors import CredentialError

ENDPOINT = "https://idp.example/us1"


def fields(**changes: object) -> dict[str, object]:
    downloaded: dict[str, object] = {
        "serviceAccountId": "account-1",
        "privateKey": pem(rsa_key()),
        "discoveryEndpoint": ENDPOINT,
    }
    return {name: value for name, value in (downloaded | changes).items() if value is not None}


def lines(separator: str, *, quote: str = "", end: str = "", key: str | None = None) -> str:
    found = fields(privateKey=key or pem(rsa_key()).replace("\n", "\\n"))
    return "\n".join(
        f"{quote}{name}{quote}{separator}{quote}{value}{quote}{end}"
        for name, value in found.items()
    )


SHAPES: dict[str, str] = {
    "JSON": json.dumps(fields()),
    "JSON with indentation": json.dumps(fields(), indent=4),
    "JSON with other fields": json.dumps(fields(comment="ours", created=2026)),
    "JSON with doubly escaped line breaks": json.dumps(
        fields(privateKey=pem(rsa_key()).replace("\n", "\\n"))
    ),
    "JSON with real line breaks in the string": json.dumps(fields()).replace("\\n", "\n"),
    "JSON after a byte order mark": "\ufeff" + json.dumps(fields()),
    "JSON with other capitals": json.dumps({k.upper(): v for k, v in fields().items()}),
    "name: value": lines(": "),
    "name=value": lines("="),
    "name = 'value'": lines(" = ", quote="'"),
    '"name": "value",': lines(": ", quote='"', end=","),
    "name: value with CRLF": lines(": ").replace("\n", "\r\n"),
    "name: value with blank lines": lines(": ").replace("\n", "\n\n"),
    "name: and a PEM of many lines": lines(": ", key=pem(rsa_key())),
    "name: and an indented PEM below": lines(": ", key="\n    " + pem(rsa_key())),
    "a heading first": "Intelligence API access\n" + lines(": "),
}


@pytest.mark.parametrize("secret", SHAPES.values(), ids=SHAPES.keys())
def test_every_shape_is_the_same_service_account(secret: str):
    account = parse(secret, algorithm=Algorithm.RS256)

    assert account.service_account_id == "account-1"
    assert account.discovery_endpoint == ENDPOINT
    assert account.private_key.public_key() == rsa_key().public_key()


@pytest.mark.parametrize("endpoint", [None, ""])
def test_the_discovery_endpoint_may_be_missing(endpoint: str | None):
    account = parse(json.dumps(fields(discoveryEndpoint=endpoint)), algorithm=Algorithm.RS256)

    assert account.discovery_endpoint is None


@pytest.mark.parametrize(
    "endpoint", ["http://127.0.0.1:8080/x", "http://localhost/", "http://[::1]/"]
)
def test_a_loopback_endpoint_may_be_plain_http(endpoint: str):
    account = parse(json.dumps(fields(discoveryEndpoint=endpoint)), algorithm=Algorithm.RS256)

    assert account.discovery_endpoint == endpoint


SENTINEL = "sentinel-value"

REFUSED: dict[str, tuple[str, str]] = {
    "empty": ("", "empty"),
    "white space": (" \n\t", "empty"),
    "the random string of a new secret": ('x9"K$Zr7=p:Lw^2}', "no service account, only"),
    "other lines": (f"user: {SENTINEL}\npassword: {SENTINEL}", "no service account, only"),
    "broken JSON": (json.dumps(fields())[:-1], "begins like JSON"),
    "a JSON list": (json.dumps([fields()]), "not an object"),
    "deep JSON": ("[" * 100_000, "begins like JSON"),
    "other JSON": (json.dumps({"password": SENTINEL}), "none of serviceAccountId"),
    "no privateKey": (json.dumps(fields(privateKey=None)), "no privateKey"),
    "no serviceAccountId": (json.dumps(fields(serviceAccountId=None)), "no serviceAccountId"),
    "empty privateKey": (json.dumps(fields(privateKey=" ")), "no privateKey"),
    "only an endpoint": (
        json.dumps({"discoveryEndpoint": ENDPOINT}),
        "no serviceAccountId and no privateKey",
    ),
    "a number": (json.dumps(fields(serviceAccountId=7)), "serviceAccountId is no JSON string"),
    "a nested key": (json.dumps(fields(privateKey=[SENTINEL])), "privateKey is no JSON string"),
    "a null endpoint": (
        json.dumps({**fields(), "discoveryEndpoint": None}),
        "discoveryEndpoint is no JSON string",
    ),
    "spaces in the id": (json.dumps(fields(serviceAccountId=f"a {SENTINEL}")), "no word"),
    "a line break in the id": (json.dumps(fields(serviceAccountId=f"a\n{SENTINEL}")), "no word"),
    "an endless id": (json.dumps(fields(serviceAccountId="x" * 257)), "no word"),
    **{
        f"endpoint {name}": (json.dumps(fields(discoveryEndpoint=url)), "discoveryEndpoint cannot")
        for name, url in {
            "http": f"http://{SENTINEL}.example/",
            "ftp": f"ftp://{SENTINEL}.example/",
            "no scheme": f"{SENTINEL}.example/us1",
            "no host": "https:///us1",
            "user info": f"https://user:{SENTINEL}@idp.example/",
            "fragment": f"https://idp.example/#{SENTINEL}",
            "space": f"https://idp.example/ {SENTINEL}",
            "port": "https://idp.example:99999/",
            "brackets": "https://[idp.example/",
            "almost loopback": "http://127.0.0.1.example/",
        }.items()
    },
}


@pytest.mark.parametrize("case", REFUSED.values(), ids=REFUSED.keys())
def test_what_is_no_service_account_is_refused_by_name_and_not_shown(case: tuple[str, str]):
    secret, said = case

    with pytest.raises(CredentialError, match=said) as caught:
        parse(secret, algorithm=Algorithm.RS256)

    assert "put-secret-value" in str(caught.value), "the fix is named"
    assert SENTINEL not in str(caught.value)
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


def test_a_service_account_prints_without_its_key():
    account = parse(SHAPES["JSON"], algorithm=Algorithm.RS256)

    assert "private" not in f"{account!r} {account}"


def test_accounts_are_the_same_when_identity_and_key_are():
    def account(name: str, key: int) -> ServiceAccount:
        return ServiceAccount(
            service_account_id=name, private_key=rsa_key(key), discovery_endpoint=None
        )

    assert account("a", 0).same_as(account("a", 0))
    assert not account("a", 0).same_as(account("b", 0))
    assert not account("a", 0).same_as(account("a", 1))


def sliced(text: str) -> st.SearchStrategy[str]:
    return st.tuples(st.integers(0, len(text)), st.integers(0, len(text))).map(
        lambda ends: text[min(ends) : max(ends)]
    )


MUTATIONS: list[Callable[[str], str]] = [str.upper, str.lower, str.swapcase, lambda t: t[::-1]]


@given(
    st.text()
    | sliced(SHAPES["JSON"])
    | sliced(SHAPES["name: value"])
    | st.dictionaries(
        st.sampled_from(["serviceAccountId", "privateKey", "discoveryEndpoint", "x"]),
        st.text() | sliced(pem(rsa_key())) | st.integers() | st.none(),
    ).map(json.dumps)
    | st.sampled_from(MUTATIONS).map(lambda mutate: mutate(SHAPES["name=value"]))
)
def test_any_text_is_a_service_account_or_an_error_that_shows_no_key(secret: str):
    said = ""
    try:
        parsed = parse(secret, algorithm=Algorithm.RS256)
    except CredentialError as error:
        said = str(error)
    else:
        assert parsed.private_key.public_key() == rsa_key().public_key()

    body = pem(rsa_key()).replace("\n", "")[31:-29]
    assert not any(body[i : i + 8] in said for i in range(len(body) - 8))
