"""Models of boto3's clients: fakes of AWS with the faults and latencies of the scenario."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from botocore.exceptions import (
    BotoCoreError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ReadTimeoutError,
)

from fakes.aws_service import refusal
from fakes.parameter_store import FakeParameterStore
from fakes.secrets_manager import FakeSecretsManager
from studies.simulation.clock import VirtualClock
from studies.simulation.services import Fault, Service, Services
from token_rotator.timing import AWS_CALL_TIMEOUT, AWS_CONNECT_TIMEOUT

_URL = "https://aws.example"
_CODES = {
    Fault.DENIED: ("AccessDeniedException", 400),
    Fault.THROTTLED: ("ThrottlingException", 400),
    Fault.BROKEN: ("InternalServerError", 500),
    Fault.UNAVAILABLE: ("ServiceUnavailable", 503),
    Fault.TOO_MANY_UPDATES: ("TooManyUpdates", 400),
}


class AwsCalls:
    """Calls of one AWS service, with its faults, its latency and the timeouts of timing.py."""

    def __init__(self, service: Service, clock: VirtualClock, services: Services) -> None:
        self._service = service
        self._clock = clock
        self._services = services
        self.count: Counter[str] = Counter()

    def call(self, operation: str, effect: Callable[[], Any], *, writes: bool = False) -> Any:
        self.count[operation] += 1
        fault = self._services.fault(self._service, self._clock.seconds)
        if fault is Fault.LOST_ANSWER and not writes:
            fault = Fault.HANG
        if fault is Fault.TOO_MANY_UPDATES and not writes:
            fault = Fault.THROTTLED
        if fault in (Fault.UNREACHABLE, Fault.REFUSED_CONNECTION, Fault.HANG):
            raise self._no_connection(fault)
        latency = self._services.latency(self._service, self._clock.seconds)
        self._clock.advance(latency)
        if fault in _CODES:
            code, status = _CODES[fault]
            raise refusal(code, operation, status=status)
        answer = effect()
        if fault is Fault.LOST_ANSWER:
            self._clock.advance(AWS_CALL_TIMEOUT.total_seconds() - latency)
            raise ReadTimeoutError(endpoint_url=_URL)
        return answer

    def _no_connection(self, fault: Fault) -> BotoCoreError:
        if fault is Fault.HANG:
            self._clock.advance(AWS_CALL_TIMEOUT.total_seconds())
            return ReadTimeoutError(endpoint_url=_URL)
        if fault is Fault.UNREACHABLE:
            self._clock.advance(AWS_CONNECT_TIMEOUT.total_seconds())
            return ConnectTimeoutError(endpoint_url=_URL)
        self._clock.advance(0.02)
        return EndpointConnectionError(endpoint_url=_URL)


class ParameterStoreClient:
    """boto3's SSM client, backed by the fake Parameter Store."""

    def __init__(
        self, store: FakeParameterStore, calls: AwsCalls, on_write: Callable[[str], None]
    ) -> None:
        self._store = store
        self._calls = calls
        self._on_write = on_write

    def get_parameter(self, **arguments: Any) -> Any:
        return self._calls.call("get_parameter", lambda: self._store.get_parameter(**arguments))

    def put_parameter(self, **arguments: Any) -> Any:
        def put() -> dict[str, Any]:
            answer = self._store.put_parameter(**arguments)
            self._on_write(arguments["Value"])
            return answer

        return self._calls.call("put_parameter", put, writes=True)

    def add_tags_to_resource(self, **arguments: Any) -> Any:
        return self._calls.call(
            "add_tags_to_resource",
            lambda: self._store.add_tags_to_resource(**arguments),
            writes=True,
        )


class SecretsManagerClient:
    """boto3's Secrets Manager client, backed by the fake."""

    def __init__(self, secret: FakeSecretsManager, calls: AwsCalls) -> None:
        self._secret = secret
        self._calls = calls

    def get_secret_value(self, **arguments: str) -> Any:
        return self._calls.call(
            "get_secret_value", lambda: self._secret.get_secret_value(**arguments)
        )
