"""Requests to a stand-in for the identity provider on loopback."""

from datetime import UTC, datetime, timedelta

from fakes.environment import function_environment
from token_rotator.contract import RequestStyle
from token_rotator.identity_provider import answers
from token_rotator.identity_provider.addresses import AddressPolicy
from token_rotator.identity_provider.error_messages import Endpoint
from token_rotator.identity_provider.http import ProviderHttp
from token_rotator.identity_provider.response import ProviderResponse
from token_rotator.settings import Settings

SETTINGS = Settings.from_environment(function_environment())
SENTINEL = "sentinel-assertion"


def now() -> datetime:
    return datetime.now(UTC)


def post(
    url: str, *, style: RequestStyle = RequestStyle.QUERY, seconds: float = 5
) -> ProviderResponse:
    with AddressPolicy(loopback=True).pool() as pool:
        return ProviderHttp(pool=pool, now=now).post(
            url,
            {"client_assertion": SENTINEL},
            style=style,
            endpoint_name="token endpoint",
            deadline=now() + timedelta(seconds=seconds),
        )


def get(url: str) -> ProviderResponse:
    with AddressPolicy(loopback=True).pool() as pool:
        channel = ProviderHttp(pool=pool, now=now)
        return channel.get(
            url, endpoint_name="discovery endpoint", deadline=now() + timedelta(seconds=5)
        )


def accepted(url: str, *, seconds: float = 5) -> ProviderResponse:
    """The answer of a token endpoint, unless it is an error."""
    received = post(url, seconds=seconds)
    answers.check(received, Endpoint.TOKEN, SETTINGS)
    return received
