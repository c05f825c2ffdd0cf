"""A rotation on a virtual clock, with the real publication and fakes for everything else."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from fakes.clock import Clock
from fakes.keys import rsa_key
from fakes.parameter_store import FakeParameterStore
from token_rotator.aws.clients import BotocoreService
from token_rotator.contract import RotationStep, ValueFormat
from token_rotator.credential.secret_store import Credential
from token_rotator.credential.service_account import ServiceAccount
from token_rotator.parameter.publication import ParameterStore
from token_rotator.parameter.record import Record
from token_rotator.report import Report
from token_rotator.rotation import Rotation
from token_rotator.steps import Steps

T = TypeVar("T")

NAME = "/intelligence/marketing/access-token"
KEY = "arn:aws:kms:eu-west-1:111122223333:key/k"


def credential(version: str, *, key: int = 0) -> Credential:
    """The credential with RSA key number ``key``, in this version of the secret."""
    account = ServiceAccount(
        service_account_id="account-1", private_key=rsa_key(key), discovery_endpoint=None
    )
    return Credential(service_account=account, version_id=version)


@dataclass
class FakeCredentials:
    """A secret with up to two versions. Reading a version that is an exception raises it."""

    current_version: Credential | Exception = field(default_factory=lambda: credential("v2"))
    previous_version: Credential | Exception | None = None

    def current(self, steps: Steps) -> Credential:
        with steps.timed(RotationStep.KEY):
            return _or_raise(self.current_version)

    def previous(self, steps: Steps) -> Credential | None:
        with steps.timed(RotationStep.KEY):
            return _or_raise(self.previous_version)


class FakeIdentityProvider:
    """Issues numbered tokens with a lifetime of 300 s, after raising the given failures."""

    def __init__(self, clock: Clock, *failures: Exception, seconds: float = 0.1) -> None:
        self._clock = clock
        self._seconds = seconds
        self.failures = list(failures)
        self.refused_keys: dict[int, Exception] = {}
        self.requests: list[tuple[ServiceAccount, datetime]] = []
        self.lifetime = timedelta(seconds=300)
        self.before_answering: Callable[[], None] = lambda: None

    def exchange(self, account: ServiceAccount, *, deadline: datetime, steps: Steps) -> Record:
        with steps.timed(RotationStep.EXCHANGE):
            return self._exchange(account)

    def _exchange(self, account: ServiceAccount) -> Record:
        issued_at = self._clock.now()
        self.requests.append((account, issued_at))
        self._clock.advance(seconds=self._seconds)
        self.before_answering()
        if self.failures:
            raise self.failures.pop(0)
        for number, refusal in self.refused_keys.items():
            if account.private_key is rsa_key(number):
                raise refusal
        return Record(
            access_token=f"token-{len(self.requests)}",
            issued_at=issued_at,
            expires_at=issued_at + self.lifetime,
        )


class RotationScenario:
    """One rotator with its clock, secret, identity provider and Parameter Store."""

    def __init__(
        self,
        *failures: Exception,
        credentials: FakeCredentials | None = None,
        published: Record | None = None,
        value_format: ValueFormat = ValueFormat.RECORD,
    ) -> None:
        self.clock = Clock()
        self.store = FakeParameterStore(now=self.clock.now)
        self.credentials = credentials or FakeCredentials()
        self.identity_provider = FakeIdentityProvider(self.clock, *failures)
        self.value_format = value_format
        self.cold_start()
        self.report = Report(now=self.clock.now)
        if published is not None:
            self.publication.publish(published)

    def cold_start(self) -> None:
        """Goes on in a new execution environment, which remembers nothing."""
        self.publication = ParameterStore(
            BotocoreService(self.store),
            parameter_name=NAME,
            key_arn=KEY,
            value_format=self.value_format,
            token_lifetime=timedelta(seconds=300),
            expiration_grace=timedelta(minutes=5),
            tags={"rotator": "marketing"},
        )
        self.rotation = Rotation(
            credentials=self.credentials,
            identity_provider=self.identity_provider,
            publication=self.publication,
            now=self.clock.now,
            sleep=self.clock.sleep,
        )

    def rotate(self, *, min_remaining: float | None = None, seconds: float = 46) -> Report:
        """Runs one rotation. ``seconds`` is the time until its deadline."""
        self.report = Report(now=self.clock.now)
        self.rotation.run(
            self.report,
            deadline=self.clock.now() + timedelta(seconds=seconds),
            min_remaining=None if min_remaining is None else timedelta(seconds=min_remaining),
        )
        return self.report

    def record(self, *, expires_in: float, token: str = "published") -> Record:
        """A record that expires in ``expires_in`` seconds."""
        expires_at = self.clock.now() + timedelta(seconds=expires_in)
        return Record(
            access_token=token, issued_at=expires_at - timedelta(seconds=300), expires_at=expires_at
        )

    @property
    def published(self) -> Record | None:
        return self.publication.current().record


def published_before(scenario: RotationScenario, *, expires_in: float) -> str:
    """Publishes a token and returns the parameter's new value."""
    scenario.publication.publish(scenario.record(expires_in=expires_in))
    return scenario.store.value(NAME)


def _or_raise(thing: T | Exception) -> T:
    if isinstance(thing, Exception):
        raise thing
    return thing
