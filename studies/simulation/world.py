"""What surrounds a rotator? Clock, weather, identity provider, parameter, secret: one trace."""

import functools
import json
from collections.abc import Iterable

from cryptography.hazmat.primitives.serialization import load_pem_private_key

from fakes.keys import pem, rsa_key
from fakes.parameter_store import FakeParameterStore
from studies.simulation.aws import (
    Line,
    ParameterStoreClient,
    Secret,
    SecretsManagerClient,
    access_token,
)
from studies.simulation.clock import VirtualClock
from studies.simulation.conditions import Conditions
from studies.simulation.identity_provider import DISCOVERY_ENDPOINT, IdentityProvider
from studies.simulation.ledger import Ledger
from studies.simulation.trace import Trace
from studies.simulation.weather import Outage, Service, Weather
from token_rotator.credential.private_key import PrivateKey

PARAMETER = "/intelligence/marketing/access-token"
SECRET = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:marketing"


def fingerprint(key: PrivateKey) -> str:
    """Tells the identity provider's keys apart."""
    numbers = key.public_key().public_numbers()
    return f"{hash(numbers):x}"


@functools.cache
def downloaded(number: int) -> str:
    """The file that Intelligence lets one download, with key n."""
    return json.dumps(
        {
            "serviceAccountId": "account-1",
            "privateKey": pem(rsa_key(number)),
            "discoveryEndpoint": DISCOVERY_ENDPOINT,
        }
    )


@functools.cache
def signing_key(secret: str) -> str:
    """The fingerprint of the key in the downloaded file; ValueError, KeyError if there is none."""
    key = load_pem_private_key(json.loads(secret)["privateKey"].encode(), password=None)
    return fingerprint(key)  # type: ignore[arg-type]


class Scenario:
    """The same for every strategy that is put into it."""

    def __init__(
        self,
        trace: Trace,
        conditions: Conditions,
        outages: Iterable[Outage] = (),
        *,
        weather: Weather | None = None,
    ) -> None:
        self.trace = trace
        self.conditions = conditions
        self.clock = VirtualClock()
        self.weather = weather or Weather(trace, conditions, outages)
        skew = (2 * trace.stream("skew").at(0) - 1) * conditions.skew
        self.identity_provider = IdentityProvider(self.clock, self.weather, skew=skew)
        self.identity_provider.keys.add(signing_key(downloaded(0)))
        self.store = FakeParameterStore(now=self.clock.now)
        self.ledger = Ledger()
        self.secret = Secret(downloaded(0))
        self.lines = {
            service: Line(service, self.clock, self.weather)
            for service in (Service.PARAMETER_STORE, Service.SECRETS_MANAGER)
        }
        self.ssm = ParameterStoreClient(
            self.store, self.lines[Service.PARAMETER_STORE], self._written
        )
        self.secrets = SecretsManagerClient(self.secret, self.lines[Service.SECRETS_MANAGER])

    def _written(self, value: str) -> None:
        self.ledger.published(access_token(value), self.clock.seconds)
