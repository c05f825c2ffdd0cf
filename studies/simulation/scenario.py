"""The simulated environment of a rotator: clock, services, parameter and secret of one trace."""

import functools
import json
from collections.abc import Callable, Iterable

from cryptography.hazmat.primitives.serialization import load_pem_private_key

from fakes.keys import pem, rsa_key
from fakes.parameter_store import FakeParameterStore
from fakes.secrets_manager import FakeSecretsManager
from studies.simulation.aws import (
    AwsCalls,
    ParameterStoreClient,
    SecretsManagerClient,
)
from studies.simulation.clock import VirtualClock
from studies.simulation.conditions import Conditions
from studies.simulation.identity_provider import DISCOVERY_ENDPOINT, IdentityProvider
from studies.simulation.publications import PublicationHistory
from studies.simulation.services import Outage, Service, Services
from studies.simulation.trace import Trace
from token_rotator.contract import ValueFormat
from token_rotator.credential.private_key import PrivateKey

PARAMETER = "/intelligence/marketing/access-token"


def fingerprint(key: PrivateKey) -> str:
    """A short identifier of a key."""
    numbers = key.public_key().public_numbers()
    return f"{hash(numbers):x}"


@functools.cache
def downloaded(number: int) -> str:
    """The file that Intelligence offers for download, with key number ``number``."""
    return json.dumps(
        {
            "serviceAccountId": "account-1",
            "privateKey": pem(rsa_key(number)),
            "discoveryEndpoint": DISCOVERY_ENDPOINT,
        }
    )


@functools.cache
def signing_key(secret: str) -> str:
    """The fingerprint of a downloaded file's key. Raises ValueError or KeyError without a key."""
    key = load_pem_private_key(json.loads(secret)["privateKey"].encode(), password=None)
    return fingerprint(key)  # type: ignore[arg-type]


class Scenario:
    """The environment of a rotator. It is the same for every strategy with this trace."""

    def __init__(
        self,
        trace: Trace,
        conditions: Conditions,
        outages: Iterable[Outage] = (),
        *,
        services: Services | None = None,
    ) -> None:
        self.trace = trace
        self.conditions = conditions
        self.clock = VirtualClock()
        self.services = services or Services(trace, conditions, outages)
        skew = (2 * trace.stream("skew").at(0) - 1) * conditions.skew
        self.identity_provider = IdentityProvider(
            self.clock, self.services, skew=skew, claims=conditions.claims
        )
        self.identity_provider.keys.add(signing_key(downloaded(0)))
        self.store = FakeParameterStore(now=self.clock.now)
        self.history = PublicationHistory()
        self.written: Callable[[], None] = lambda: None
        """Called after each write of the rotator."""
        self.margins: list[tuple[float, float]] = []
        """The seconds at which tokens were replaced, and what the rotator says they had left."""
        self.secret = FakeSecretsManager(downloaded(0), now=self.clock.now)
        self.aws_calls = {
            service: AwsCalls(service, self.clock, self.services)
            for service in (Service.PARAMETER_STORE, Service.SECRETS_MANAGER)
        }
        self.ssm = ParameterStoreClient(
            self.store, self.aws_calls[Service.PARAMETER_STORE], self._written
        )
        self.secrets = SecretsManagerClient(self.secret, self.aws_calls[Service.SECRETS_MANAGER])

    def _written(self, value: str) -> None:
        bare = self.conditions.value_format is ValueFormat.TOKEN
        token = value if bare else json.loads(value)["access_token"]
        self.history.published(token, self.clock.seconds)
        self.written()
