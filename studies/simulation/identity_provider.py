"""Model of the identity provider: it issues a token for a new assertion by a known key."""

import json
from collections import Counter
from datetime import timedelta
from email.utils import format_datetime
from urllib.parse import parse_qs, urlsplit

import urllib3
from urllib3.exceptions import ProtocolError

from studies.simulation.claims import Claims
from studies.simulation.clock import START, VirtualClock
from studies.simulation.connection import Response, broken, longest, silence
from studies.simulation.services import Fault, Service, Services

ORIGIN = "https://idp.example"
DISCOVERY_ENDPOINT = f"{ORIGIN}/us1/.well-known/openid-configuration"
TOKEN_ENDPOINT = f"{ORIGIN}/us1/token"
REFUSED = 401
TOLERANCE_SECONDS = 60
"""The maximum by which an assertion's ``iat`` may be ahead of the provider's clock."""

_DISCOVERY = json.dumps({"issuer": ORIGIN, "token_endpoint": TOKEN_ENDPOINT}).encode()
_STATUS = {
    Fault.UNAVAILABLE: 503,
    Fault.BROKEN: 500,
    Fault.NO_JSON: 200,
    Fault.THROTTLED: 429,
    Fault.THROTTLED_FOR_SECONDS: 429,
    Fault.THROTTLED_UNTIL: 429,
}
_RETRY_AFTER_SECONDS = 3


def valid_until(token: str) -> float:
    """The second at which the token expires. This model's tokens contain it."""
    return float(token.rpartition("/")[2])


class IdentityProvider:
    """Replaces urllib3's PoolManager and the identity provider behind it."""

    def __init__(
        self, clock: VirtualClock, services: Services, *, skew: float, claims: Claims
    ) -> None:
        self._clock = clock
        self._services = services
        self._skew = skew
        self._claims = claims
        self.keys: set[str] = set()
        """Fingerprints of the keys whose assertions are accepted."""
        self.read = read_fake
        """Reads an assertion: the signing key's fingerprint and ``iat``."""
        self.assertions: Counter[str] = Counter()
        self.requests: list[float] = []
        """The seconds at which tokens were requested."""
        self.refused: list[str] = []
        """The keys of refused assertions, in order, if the refusal reached the caller."""
        self.faults_met: list[float] = []
        """The seconds at which requests met a fault."""
        self.latest_end = 0.0
        """The latest second at which a request could end, by its timeouts."""
        self._tokens = 0

    def urlopen(
        self, method: str, url: str, *, timeout: urllib3.Timeout | None = None, **_: object
    ) -> Response:
        """Sends one request. The clock moves by the time that the request or its fault takes."""
        begun = self._clock.seconds
        wants_token = method == "POST"
        if wants_token:
            self.requests.append(begun)
        self.latest_end = max(self.latest_end, begun + longest(timeout))
        fault = self._services.fault(Service.IDENTITY_PROVIDER, begun)
        if fault is not None:
            self.faults_met.append(begun)
        latency = self._services.latency(Service.IDENTITY_PROVIDER, begun)
        if fault is None and latency > longest(timeout):
            self._clock.advance(longest(timeout))
            raise silence()
        if (failure := broken(fault, timeout)) is not None:
            self._clock.advance(failure[0])
            raise failure[1]
        self._clock.advance(latency / 2)
        if fault in _STATUS:
            self._clock.advance(latency / 2)
            return self._failure(fault)
        answer = self._token(url) if wants_token else Response(200, _DISCOVERY)
        if fault is Fault.LOST_ANSWER:
            raise ProtocolError("Connection broken")
        self._clock.advance(latency / 2)
        if answer.status == REFUSED:
            self.refused.append(self.read(_assertion(url))[0])
        return answer

    def _failure(self, fault: Fault) -> Response:
        headers = {}
        if fault is Fault.THROTTLED_FOR_SECONDS:
            headers["Retry-After"] = str(_RETRY_AFTER_SECONDS)
        if fault is Fault.THROTTLED_UNTIL:
            until = self._clock.seconds + self._skew + _RETRY_AFTER_SECONDS
            headers["Retry-After"] = format_datetime(START + timedelta(seconds=until), usegmt=True)
        return Response(_STATUS[fault], b"<html>", headers)

    def _token(self, url: str) -> Response:
        assertion = _assertion(url)
        self.assertions[assertion] += 1
        key, issued_at = self.read(assertion)
        own_time = self._clock.seconds + self._skew
        if (
            self.assertions[assertion] > 1
            or key not in self.keys
            or issued_at - START.timestamp() > own_time + TOLERANCE_SECONDS
        ):
            return Response(REFUSED, b'{"error": "invalid_client"}')
        fields = self._claims.of(self._tokens)
        self._tokens += 1
        dies = round(self._clock.seconds + self._claims.lives, 3)
        token = f"token/{self._tokens}/{dies}"
        return Response(200, json.dumps({"access_token": token, **fields}).encode())


def read_fake(assertion: str) -> tuple[str, int]:
    """Reads an assertion of FakeSigner: "key.iat.number"."""
    key, issued_at, _ = assertion.split(".")
    return key, int(issued_at)


def _assertion(url: str) -> str:
    return parse_qs(urlsplit(url).query)["client_assertion"][0]
