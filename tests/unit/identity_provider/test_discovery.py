"""An assertion goes to the discovery endpoint's host or to an allowed one, and nowhere else."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import pytest

from fakes.clock import Clock
from fakes.environment import function_environment
from fakes.keys import rsa_key
from token_rotator.contract import Variable
from token_rotator.credential.service_account import ServiceAccount
from token_rotator.errors import (
    AnsweredByAnother,
    AnswerUnusable,
    ConfigurationError,
    IdentityProviderDown,
    IdentityProviderUntrusted,
)
from token_rotator.identity_provider.discovery import Discovery
from token_rotator.identity_provider.response import Body, ProviderResponse
from token_rotator.settings import Settings

ENDPOINT = "https://discovery.example/us1"
DOCUMENT: Mapping[str, object] = {
    "issuer": "https://issuer.example",
    "token_endpoint": "https://discovery.example/us1/token",
}


RETRY_AFTER = timedelta(seconds=7)


class FakeChannel:
    """Gives the answers it was told, in turn; the last one again and again."""

    def __init__(self, *answers: Mapping[str, object] | int | Exception | None) -> None:
        self._answers = list(answers)
        self.asked: list[str] = []

    def get(self, url: str, *, endpoint_name: str, deadline: datetime) -> ProviderResponse:
        self.asked.append(url)
        told = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if isinstance(told, Exception):
            raise told
        status = told if isinstance(told, int) else 200
        fields = told if isinstance(told, Mapping) else None
        return ProviderResponse(
            status=status, fields=fields, body=Body.JSON, retry_after=RETRY_AFTER
        )


class Look:
    """One discovery with its clock, asked as often as a test likes."""

    def __init__(self, channel: FakeChannel, **variables: str) -> None:
        self.clock = Clock()
        changes = {Variable(name.upper()): value for name, value in variables.items()}
        self._discovery = Discovery(
            settings=Settings.from_environment(function_environment() | changes),
            http=channel,  # type: ignore[arg-type]  # a fake of the part that is used
            now=self.clock.now,
        )

    def __call__(self, endpoint: str | None = ENDPOINT) -> tuple[str, str]:
        account = ServiceAccount(
            service_account_id="account-1", private_key=rsa_key(), discovery_endpoint=endpoint
        )
        found = self._discovery.destination(
            account, deadline=self.clock.now() + timedelta(seconds=30)
        )
        return found.token_endpoint, found.audience


def test_the_discovered_issuer_is_the_audience():
    look = Look(FakeChannel(DOCUMENT))

    assert look() == ("https://discovery.example/us1/token", "https://issuer.example")


@pytest.mark.parametrize("issuer", [None, 7, ""])
def test_without_an_issuer_the_audience_is_the_token_endpoints_origin(issuer: object):
    look = Look(FakeChannel({**DOCUMENT, "issuer": issuer}))

    assert look()[1] == "https://discovery.example"


@pytest.mark.parametrize(
    ("token_endpoint", "audience"),
    [
        ("https://discovery.example:443/us1/token", "https://discovery.example"),
        ("https://Discovery.example:443", "https://discovery.example"),
        ("https://discovery.example:/t", "https://discovery.example"),
        ("https://discovery.example:8443/t", "https://discovery.example:8443"),
        ("https://discovery.example:80/t", "https://discovery.example:80"),
    ],
)
def test_the_schemes_own_port_is_not_part_of_the_audience(token_endpoint: str, audience: str):
    assert Look(FakeChannel({"token_endpoint": token_endpoint}))()[1] == audience


@pytest.mark.parametrize(
    ("token_endpoint", "audience"),
    [
        ("http://127.0.0.1:80/t", "http://127.0.0.1"),
        ("http://127.0.0.1:443/t", "http://127.0.0.1:443"),
        ("https://[::1]:443/t", "https://[::1]"),
        ("https://[::1]/t", "https://[::1]"),
    ],
)
def test_the_same_holds_for_a_configured_endpoint(token_endpoint: str, audience: str):
    assert Look(FakeChannel(DOCUMENT), token_endpoint=token_endpoint)()[1] == audience


def test_a_configured_audience_wins():
    look = Look(FakeChannel(DOCUMENT), audience="https://audience.example")

    assert look()[1] == "https://audience.example"


def test_a_configured_discovery_endpoint_wins_over_the_secrets():
    channel = FakeChannel(DOCUMENT)

    Look(channel, discovery_endpoint="https://discovery.example/configured")()

    assert channel.asked == ["https://discovery.example/configured"]


def test_a_configured_token_endpoint_skips_discovery():
    channel = FakeChannel(DOCUMENT)
    look = Look(channel, token_endpoint="https://idp.example/token")

    assert look() == ("https://idp.example/token", "https://idp.example")
    assert channel.asked == []


def test_where_no_endpoint_is_known_the_cure_is_named():
    with pytest.raises(ConfigurationError, match="discovery_endpoint"):
        Look(FakeChannel(DOCUMENT))(None)


def test_the_answer_is_kept_for_an_hour():
    channel = FakeChannel(DOCUMENT)
    look = Look(channel)

    look()
    look.clock.advance(minutes=59)
    look()
    assert len(channel.asked) == 1

    look.clock.advance(minutes=2)
    look()
    assert len(channel.asked) == 2


@pytest.mark.parametrize(
    "failure",
    [IdentityProviderDown("down"), 404, {}, {"token_endpoint": "https://evil.example/token"}],
)
def test_a_failed_look_up_falls_back_on_the_last_good_answer(failure: int | Exception):
    channel = FakeChannel(DOCUMENT, failure)
    look = Look(channel)
    good = look()

    look.clock.advance(hours=2)

    assert look() == good
    assert look() == good
    assert len(channel.asked) == 2, "a failing endpoint is left alone for some minutes"
    look.clock.advance(minutes=6)
    assert look() == good
    assert len(channel.asked) == 3


def test_accounts_with_other_endpoints_do_not_share_an_answer():
    other: Mapping[str, object] = {"token_endpoint": "https://other.example/token"}
    look = Look(FakeChannel(DOCUMENT, other))

    assert look()[0] == "https://discovery.example/us1/token"
    assert look("https://other.example/")[0] == "https://other.example/token"


@pytest.mark.parametrize(
    "token_endpoint",
    [
        "https://evil.example/token",
        "https://discovery.example.evil.example/token",
        "https://discovery.example@evil.example/token",
        "http://discovery.example/token",
        "ftp://discovery.example/token",
        "//discovery.example/token",
        "",
        "https://",
    ],
)
def test_a_token_endpoint_elsewhere_or_without_tls_is_not_trusted(token_endpoint: str):
    with pytest.raises(IdentityProviderUntrusted):
        Look(FakeChannel({"token_endpoint": token_endpoint}))()


@pytest.mark.parametrize(
    "host", ["idp.intelligence.salesforce.com", "IDP.Intelligence.Salesforce.com"]
)
def test_intelligences_own_host_is_allowed_wherever_discovery_is(host: str):
    token_endpoint = f"https://{host}/us1/token"

    assert Look(FakeChannel({"token_endpoint": token_endpoint}))()[0] == token_endpoint


def test_other_hosts_can_be_allowed():
    look = Look(
        FakeChannel({"token_endpoint": "https://idp.example/token"}),
        allowed_token_hosts="idp.example",
    )

    assert look()[0] == "https://idp.example/token"


@pytest.mark.parametrize("document", [{}, {"token_endpoint": 7}, None])
def test_an_answer_without_a_token_endpoint_is_of_no_use(
    document: Mapping[str, object] | None,
):
    with pytest.raises(AnswerUnusable, match="token_endpoint"):
        Look(FakeChannel(document))()


def test_a_discovery_endpoint_with_a_bad_moment_is_transient_and_keeps_what_it_asked_for():
    with pytest.raises(IdentityProviderDown, match="503") as caught:
        Look(FakeChannel(503))()

    assert caught.value.retry_after == RETRY_AFTER


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_a_discovery_endpoint_that_is_none_is_named(status: int):
    with pytest.raises(AnsweredByAnother, match="First check the discoveryEndpoint of the secret"):
        Look(FakeChannel(status))()
