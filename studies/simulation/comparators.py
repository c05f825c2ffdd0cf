"""Three other ways of keeping a token fresh: one request each time, in different loops."""

import itertools
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from fakes.secrets_manager import ARN
from studies.simulation.clock import TimeoutReached
from studies.simulation.identity_provider import (
    DISCOVERY_ENDPOINT,
    TOKEN_ENDPOINT,
)
from studies.simulation.lambda_function import Handler
from studies.simulation.scenario import PARAMETER, Scenario, signing_key
from token_rotator.parameter.record import Record
from token_rotator_cdk.config.defaults import Default

_numbers = itertools.count()


def refresh(scenario: Scenario, *, discover: bool) -> None:
    """Reads the key, requests a token once and overwrites the parameter. Raises every error."""
    secret = _botocore_retries(
        scenario,
        lambda: scenario.secrets.get_secret_value(SecretId=ARN, VersionStage="AWSCURRENT"),
    )
    endpoint = TOKEN_ENDPOINT
    if discover:
        endpoint = _json(scenario, "GET", DISCOVERY_ENDPOINT)["token_endpoint"]
    now = scenario.clock.now().replace(microsecond=0)
    assertion = f"{signing_key(secret['SecretString'])}.{int(now.timestamp())}.x{next(_numbers)}"
    answer = _json(scenario, "POST", f"{endpoint}?client_assertion={assertion}")
    record = Record(
        access_token=answer["access_token"],
        issued_at=now,
        expires_at=now + timedelta(seconds=Default.TOKEN_LIFETIME_SECONDS),
    )
    _botocore_retries(
        scenario,
        lambda: scenario.ssm.put_parameter(
            Name=PARAMETER, Value=record.to_json(), Type="SecureString", Overwrite=True
        ),
    )


def scheduled_function(scenario: Scenario) -> Handler:
    """A handler that refreshes the token as published scheduled functions do."""
    return lambda event, seconds: refresh(scenario, discover=False)


def script_under_cron(scenario: Scenario, *, every_seconds: float, until: float) -> None:
    """Starts a process at fixed times. A process that hangs is ended when the next one starts."""
    clock = scenario.clock
    for number in range(1, int(until / every_seconds)):
        clock.move_to(number * every_seconds)
        _attempt(scenario, discover=True, limit=every_seconds)


def controller(scenario: Scenario, *, every_seconds: float, until: float) -> None:
    """Renews ``every_seconds`` after a success. After failures it waits 1, 2, 4 ... 420 s."""
    clock, failures = scenario.clock, 0
    while clock.seconds < until:
        if _attempt(scenario, discover=False, limit=30):
            clock.move_to(clock.seconds + every_seconds)
            failures = 0
        else:
            clock.move_to(clock.seconds + min(420, 2**failures))
            failures += 1


def _attempt(scenario: Scenario, *, discover: bool, limit: float) -> bool:
    scenario.clock.limit = scenario.clock.seconds + limit
    try:
        refresh(scenario, discover=discover)
    except (TimeoutReached, Exception):  # noqa: BLE001 - any error ends the attempt
        return False
    else:
        return True
    finally:
        scenario.clock.limit = float("inf")


def _json(scenario: Scenario, method: str, url: str) -> Any:
    response = scenario.identity_provider.urlopen(method, url)
    if response.status != 200:
        raise RuntimeError(response.status)
    return json.loads(response.read1(65536))


def _botocore_retries(scenario: Scenario, call: Callable[[], Any], *, attempts: int = 5) -> Any:
    """Retries as botocore's default (legacy) mode: up to five attempts, 0 to 2**n s apart."""
    chance = scenario.trace.stream("botocore")
    for failures in range(attempts):
        try:
            return call()
        except (ClientError, BotoCoreError):
            if failures == attempts - 1:
                raise
            scenario.clock.advance(chance.at(int(scenario.clock.seconds * 1000)) * 2**failures)
    raise AssertionError
