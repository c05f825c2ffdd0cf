"""A token endpoint that has moved is found within the rotation that misses it."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import jwt
import pytest

from fakes.clock import Clock
from fakes.environment import function_environment
from fakes.keys import rsa_key
from token_rotator.contract import RequestStyle
from token_rotator.credential.assertion import AssertionSigner
from token_rotator.credential.service_account import ServiceAccount
from token_rotator.errors import (
    AnsweredByAnother,
    IdentityProviderDown,
    IdentityProviderUntrusted,
    TokenRequestRefused,
)
from token_rotator.identity_provider.client import TokenEndpoint
from token_rotator.identity_provider.discovery import Discovery
from token_rotator.identity_provider.response import Body, ProviderResponse
from token_rotator.settings import Settings
from token_rotator.steps import Steps

DISCOVERY = "https://idp.example/us1"
OLD, NEW = "https://idp.example/us1/token", "https://idp.example/v2/token"
ACCOUNT = ServiceAccount(
    service_account_id="account-1", private_key=rsa_key(), discovery_endpoint=DISCOVERY
)
REFUSAL: dict[str, object] = {"error": "invalid_client"}


class MovingProvider:
    """An identity provider as the function's channel: its discovery, and who answers where."""

    def __init__(self) -> None:
        self.document: dict[str, object] | int = {"token_endpoint": OLD, "issuer": "https://a"}
        self.works_at = OLD
        self.audience = "https://a"
        self.elsewhere: tuple[int, dict[str, object] | None] | Exception = (404, None)
        self.discoveries = 0
        self.asked: list[str] = []

    def get(self, url: str, *, endpoint_name: str, deadline: datetime) -> ProviderResponse:
        self.discoveries += 1
        if isinstance(self.document, int):
            return answered(self.document, None)
        return answered(200, self.document)

    def post(
        self,
        url: str,
        parameters: Mapping[str, str],
        *,
        style: RequestStyle,
        endpoint_name: str,
        deadline: datetime,
    ) -> ProviderResponse:
        self.asked.append(url)
        if url != self.works_at:
            if isinstance(self.elsewhere, Exception):
                raise self.elsewhere
            return answered(*self.elsewhere)
        assertion = parameters["client_assertion"]
        claims = jwt.decode(assertion, options={"verify_signature": False})
        if claims["aud"] != self.audience:
            return answered(401, REFUSAL)
        return answered(200, {"access_token": "abc"})


def answered(status: int, fields: dict[str, object] | None) -> ProviderResponse:
    body = Body.NOT_JSON if fields is None else Body.JSON
    return ProviderResponse(status=status, fields=fields, body=body)


class Exchanges:
    """The function's exchange with that provider, with its clock."""

    def __init__(self, **settings: str) -> None:
        self.clock = Clock()
        self.provider = MovingProvider()
        of_the_file = function_environment(identity_provider=settings)
        self._settings = Settings.from_environment(of_the_file)
        discovery = Discovery(
            settings=self._settings,
            http=self.provider,  # type: ignore[arg-type]
            now=self.clock.now,
        )
        self._endpoint = TokenEndpoint(
            settings=self._settings,
            http=self.provider,  # type: ignore[arg-type]
            discovery=discovery,
            signer=AssertionSigner.from_settings(self._settings),
            now=self.clock.now,
        )

    def __call__(self) -> str:
        self.provider.asked.clear()
        self.provider.discoveries = 0
        deadline = self.clock.now() + timedelta(seconds=30)
        steps = Steps(now=self.clock.now)
        return self._endpoint.exchange(ACCOUNT, deadline=deadline, steps=steps).access_token

    def moves(self) -> None:
        self.provider.works_at = NEW
        self.provider.document = {"token_endpoint": NEW, "issuer": "https://a"}


@pytest.fixture
def exchanges() -> Exchanges:
    """In a function that has read discovery before."""
    warm = Exchanges()
    warm()
    return warm


@pytest.mark.parametrize(
    "former", [(404, None), (405, None), (410, None), (403, None), (200, None), (308, None)]
)
def test_where_the_former_endpoint_is_gone_the_new_one_is_asked(
    exchanges: Exchanges, former: tuple[int, None]
):
    exchanges.moves()
    exchanges.provider.elsewhere = former

    assert exchanges() == "abc"
    assert exchanges.provider.asked == [OLD, NEW]
    assert exchanges.provider.discoveries == 1

    assert exchanges() == "abc"
    assert exchanges.provider.asked == [NEW], "it is remembered"
    assert exchanges.provider.discoveries == 0


def test_an_issuer_that_has_changed_is_found_after_the_refusal(exchanges: Exchanges):
    exchanges.provider.audience = "https://b"
    exchanges.provider.document = {"token_endpoint": OLD, "issuer": "https://b"}

    assert exchanges() == "abc"
    assert exchanges.provider.asked == [OLD, OLD]


def test_where_discovery_says_the_same_nothing_is_asked_twice(exchanges: Exchanges):
    exchanges.provider.works_at = NEW

    with pytest.raises(AnsweredByAnother, match="404"):
        exchanges()

    assert exchanges.provider.asked == [OLD]
    assert exchanges.provider.discoveries == 1


@pytest.mark.parametrize(
    "document",
    [503, 404, {}, {"token_endpoint": "https://evil.example/token"}],
)
def test_where_discovery_is_no_help_the_first_error_stays(
    exchanges: Exchanges, document: dict[str, object] | int
):
    exchanges.provider.works_at = NEW
    exchanges.provider.document = document

    with pytest.raises(AnsweredByAnother, match="404"):
        exchanges()

    assert exchanges.provider.asked == [OLD]


def test_the_new_endpoint_is_asked_once(exchanges: Exchanges):
    exchanges.moves()
    exchanges.provider.works_at = "nowhere"

    with pytest.raises(AnsweredByAnother):
        exchanges()

    assert exchanges.provider.asked == [OLD, NEW]


@pytest.mark.parametrize(
    ("former", "error"),
    [
        ((404, None), AnsweredByAnother),
        ((302, None), IdentityProviderUntrusted),
        ((401, REFUSAL), TokenRequestRefused),
    ],
)
def test_what_discovery_has_just_said_is_not_asked_for_again(
    former: tuple[int, dict[str, object] | None], error: type[Exception]
):
    cold = Exchanges()
    cold.provider.works_at = "nowhere"
    cold.provider.elsewhere = former

    with pytest.raises(error):
        cold()

    assert cold.provider.discoveries == 1


def test_a_passing_failure_is_no_reason_to_look_elsewhere(exchanges: Exchanges):
    exchanges.moves()
    exchanges.provider.elsewhere = (503, None)

    for _ in range(2):
        with pytest.raises(IdentityProviderDown):
            exchanges()

        assert exchanges.provider.discoveries == 0


def test_silence_where_discovery_has_just_led_is_no_reason_to_read_it_again():
    cold = Exchanges()
    cold.provider.works_at = "nowhere"
    cold.provider.elsewhere = IdentityProviderDown("silence", no_response=True)

    for discoveries in (1, 0):
        with pytest.raises(IdentityProviderDown):
            cold()

        assert cold.provider.discoveries == discoveries


def test_where_the_former_host_is_gone_the_next_attempt_asks_the_new_one(exchanges: Exchanges):
    exchanges.moves()
    exchanges.provider.elsewhere = IdentityProviderDown("no such host", no_response=True)

    with pytest.raises(IdentityProviderDown):
        exchanges()
    assert (exchanges.provider.asked, exchanges.provider.discoveries) == ([OLD], 0)

    assert exchanges() == "abc"
    assert exchanges.provider.asked == [NEW]


def test_where_all_is_silent_discovery_is_asked_once_and_the_known_endpoint_again(
    exchanges: Exchanges,
):
    exchanges.provider.works_at = "nowhere"
    exchanges.provider.document = 503
    exchanges.provider.elsewhere = IdentityProviderDown("silence", no_response=True)

    asked = []
    for _ in range(4):
        with pytest.raises(IdentityProviderDown, match="silence"):
            exchanges()
        asked.append((exchanges.provider.asked[:], exchanges.provider.discoveries))

    assert asked == [([OLD], 0), ([OLD], 1), ([OLD], 0), ([OLD], 0)]


def test_a_configured_endpoint_has_no_discovery_to_ask():
    configured = Exchanges(token_endpoint=OLD)
    configured.moves()

    with pytest.raises(AnsweredByAnother, match=r"token_endpoint in rotators\.toml"):
        configured()

    assert configured.provider.discoveries == 0
